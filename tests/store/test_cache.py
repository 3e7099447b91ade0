"""Documents at hand: as many as fit, those asked for last."""

from __future__ import annotations

from scribe.store.cache import Cache, Cached
from scribe.types import Transcript


def cached(size: int) -> Cached:
    return Cached(Transcript(()), bytes(size))


def test_what_was_not_asked_for_longest_goes_when_the_bytes_do_not_fit() -> None:
    cache = Cache(most=100)
    for name in ("a", "b", "c"):
        cache.put("e", name, cached(40))
        assert cache.get("e", "a")
    assert [bool(cache.get("e", name)) for name in ("a", "b", "c")] == [True, False, True]


def test_one_that_is_larger_than_all_room_is_still_at_hand() -> None:
    cache = Cache(most=100)
    cache.put("e", "small", cached(10))
    cache.put("e", "large", cached(1_000))
    assert cache.get("e", "large")
    assert not cache.get("e", "small")
    cache.put("e", "next", cached(10))
    assert not cache.get("e", "large")


def test_putting_again_and_forgetting_count_right() -> None:
    cache = Cache(most=100)
    for _ in range(10):
        cache.put("e", "a", cached(60))
    cache.put("f", "b", cached(40))
    assert cache.get("e", "a")
    cache.forget("e")
    assert not cache.get("e", "a")
    cache.put("f", "c", cached(60))
    assert cache.get("f", "b")
