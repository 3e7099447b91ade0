"""Spoken punctuation and commands as written text."""
