"""Pictures, words and short films for the information panels of displays."""
