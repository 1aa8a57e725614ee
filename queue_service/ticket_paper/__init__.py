"""A ticket on paper: its words in every language, where they stand, and how page and print head draw them.

Shared by the kiosk, which prints it, and the service, which shows how it will look. Knows of neither.
"""
