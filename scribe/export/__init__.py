"""Notes and transcripts as documents, one file per format."""
