"""Arranging what was said into a note."""
