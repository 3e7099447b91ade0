"""The measure of notes: whether a statement says what was said. It shares no reading of language with the stages."""
