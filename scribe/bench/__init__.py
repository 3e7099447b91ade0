"""Measuring `scribe` on data that the user points at: readers, scores, and one runner per verb of `scribe bench`."""
