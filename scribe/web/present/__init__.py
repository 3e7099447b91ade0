"""Records and documents as the JSON of the API."""
