"""Who spoke when, and as what."""
