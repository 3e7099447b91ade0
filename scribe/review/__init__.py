"""Correcting and signing: edits of transcripts and notes, merging, checks, differences, scores. Functions on types."""
