"""Background work: recordings of the store become drafts, on this machine or by another engine."""
