"""Words to phonemes, and likeness."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe.asr import sounds
from scribe.asr.sounds import CONSONANTS, VOWELS, Sounds, encoded, likeness
from scribe.config import ModelsSettings
from scribe.errors import AssetError

words = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=20)


@pytest.fixture(scope="module")
def said() -> Sounds:
    return sounds.load(ModelsSettings())


def alike(said: Sounds, heard: str, term: str) -> float:
    return float(likeness(said.of(heard), encoded([said.of(term)]))[0])


@pytest.mark.parametrize(
    ("word", "phonemes"), [("china", "CYnV"), ("angina", "AnJYnV"), ("phone", "fon"), ("MG", "emJi"), ("5", "fYv")]
)
def test_phonemes(said: Sounds, word: str, phonemes: str) -> None:
    assert said.of(word) == phonemes


def test_marks_and_case_make_no_sound(said: Sounds) -> None:
    assert said.of("Lasix,") == said.of("lasix")
    assert said.of("...") == ""


@pytest.mark.parametrize(
    ("heard", "term"),
    [
        ("as a thromice in", "azithromycin"),
        ("unstable in china", "unstable angina"),
        ("a torva statin", "atorvastatin"),
        ("gaba pent in", "gabapentin"),
        ("lay six", "Lasix"),
        ("levothyroxene", "levothyroxine"),
    ],
)
def test_mishearings_sound_like_what_was_said(said: Sounds, heard: str, term: str) -> None:
    assert alike(said, heard, term) > 0.9


@pytest.mark.parametrize(
    ("one", "other"), [("patient", "penicillin"), ("later", "Lasix"), ("in the morning", "insulin")]
)
def test_other_words_do_not(said: Sounds, one: str, other: str) -> None:
    assert alike(said, one, other) < 0.6


def test_a_wrong_vowel_costs_less_than_a_wrong_consonant() -> None:
    vowel, consonant = likeness("lAsIks", encoded(["lEsIks", "lAsIms"]))
    assert 1 > vowel > consonant


@given(words)
def test_every_word_has_known_phonemes(word: str) -> None:
    phonemes = sounds.load(ModelsSettings()).of(word)
    assert set(phonemes) <= set(VOWELS + CONSONANTS)


@given(st.text(VOWELS + CONSONANTS, min_size=1, max_size=15), st.text(VOWELS + CONSONANTS, min_size=1, max_size=15))
def test_likeness_is_symmetric_and_one_for_the_same(one: str, other: str) -> None:
    there, back = likeness(one, encoded([other]))[0], likeness(other, encoded([one]))[0]
    assert there == pytest.approx(back, abs=1e-5)
    assert likeness(one, encoded([one]))[0] == pytest.approx(1.0)
    assert there <= 1.0


def test_damaged_tables_say_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tables.json.gz").write_bytes(b"\x1f\x8b damaged")
    monkeypatch.setattr(sounds.assets, "locate", lambda name, settings: tmp_path)
    with pytest.raises(AssetError, match="install scribe again"):
        sounds.load(ModelsSettings())
