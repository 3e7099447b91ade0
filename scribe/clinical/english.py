"""How often English words are said and written, from `wordfreq` (the only file that imports it)."""

from __future__ import annotations

from functools import cache

HUNDREDTHS = 100  # wordfreq counts in hundredths of a power of ten


def zipf(word: str) -> float:
    """Frequency of a lower-case word on the Zipf scale: 3 once in a million words, 6 once in a thousand, 0 unknown."""
    bucket = _buckets().get(word)
    return 0.0 if bucket is None else 9 - bucket / HUNDREDTHS


@cache
def _buckets() -> dict[str, int]:
    from wordfreq import get_frequency_list

    found = {word: bucket for bucket, words in enumerate(get_frequency_list("en", "large")) for word in words}
    get_frequency_list.cache_clear()
    return found
