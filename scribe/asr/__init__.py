"""Speech recognition: sound to words."""
