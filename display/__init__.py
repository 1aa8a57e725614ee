"""The wall display's own program: shows every call of its office and says it aloud."""
