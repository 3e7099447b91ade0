"""The JSON of `/api/v1`, as pydantic models. Times are seconds of the recording; instants are ISO 8601 in UTC."""
