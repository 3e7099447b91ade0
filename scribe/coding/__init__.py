"""Candidate codes for a finished note."""
