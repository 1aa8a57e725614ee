"""Tickets on paper: words, layout, drawing, and one adapter for each way to a printer."""
