"""The Live page: a browser records, and the words and the note come back while it does."""
