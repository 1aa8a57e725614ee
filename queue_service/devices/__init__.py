"""Kiosks, displays and every other open screen: their tokens and what they are fed."""
