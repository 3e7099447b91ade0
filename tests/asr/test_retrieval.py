"""Terms by sound."""

from __future__ import annotations

import pytest

from scribe.asr import sounds
from scribe.asr.retrieval import Index, deletions, skeleton
from scribe.asr.vocabulary import Term, TermKind
from scribe.config import ModelsSettings

TERMS = tuple(
    Term(text, TermKind.DRUG) for text in ("lisinopril", "azithromycin", "erythromycin", "metoprolol", "Lasix", "Advil")
)


@pytest.fixture(scope="module")
def index() -> Index:
    return Index((*TERMS, Term("Siobhan", TermKind.NAME, sounds_like=("shivawn",))), sounds.load(ModelsSettings()))


@pytest.mark.parametrize(
    ("heard", "term"),
    [
        ("listenoperel", "lisinopril"),
        ("as a thromice in", "azithromycin"),
        ("metoper law", "metoprolol"),
        ("lay six", "Lasix"),
    ],
)
def test_the_likeliest_term_comes_first(index: Index, heard: str, term: str) -> None:
    found = index.alike(heard, least=0.6, most=3)
    assert found[0].term.text == term
    assert [item.likeness for item in found] == sorted((item.likeness for item in found), reverse=True)


def test_nothing_sounds_like_other_words(index: Index) -> None:
    assert index.alike("patient", least=0.6, most=3) == []
    assert index.alike("", least=0.0, most=3) == []


def test_a_term_is_found_by_how_it_is_said(index: Index) -> None:
    assert index.alike("shivawn", least=0.9, most=1)[0].term.text == "Siobhan"


def test_no_more_than_asked_for(index: Index) -> None:
    assert len(index.alike("azithromycin", least=0.0, most=1)) == 1


def test_exact_wants_the_same_consonants(index: Index) -> None:
    assert index.alike("metoprolol", least=0.5, most=1, exact=True)
    assert not index.alike("metronome", least=0.1, most=1, exact=True)


def test_skeletons_put_what_is_mixed_up_together() -> None:
    assert skeleton("bAdEk") == skeleton("pAtEg")
    assert skeleton("mm") == "n"


def test_long_skeletons_may_lose_two() -> None:
    assert "ab" in set(deletions("abc"))
    assert "a" not in set(deletions("abc"))
    assert "abcd" in set(deletions("abcdef"))
