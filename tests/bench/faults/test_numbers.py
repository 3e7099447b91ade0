"""The loop over numbers in the recogniser's pieces: it passes, and it sees what is wrong."""

from __future__ import annotations

from random import Random

import pytest

from scribe import word_pieces
from scribe.asr.faster_whisper import Cutter
from scribe.bench.faults import Options, numbers
from scribe.config import Config
from scribe.dictation import formatting


@pytest.mark.weights
def test_no_number_is_on_the_page_that_was_not_heard() -> None:
    found = numbers.run(Options(Config(), 80, seed=7))
    assert (found.trials, found.failures) == (80, ())


@pytest.mark.weights
def test_pieces_that_were_read_as_words_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word_pieces, "groups", lambda words: [range(at, at + 1) for at in range(len(words))])
    caught = numbers.run(Options(Config(), 25, seed=1))
    assert caught.failures == ()
    assert caught.measured["pages_flagged"] > 0  # the check at run time kept the words as heard
    monkeypatch.setattr(formatting, "is_heard", lambda heard, written: True)
    assert numbers.run(Options(Config(), 25, seed=1)).failures


@pytest.mark.weights
def test_text_is_cut_as_the_recogniser_cuts_it() -> None:
    cutter = Cutter(Config())
    said = "The PTT-37.1, lorazepam 0.5-1.5 mg (5,000 units) at 7:30."
    expected = " The| PTT|-37|.1,| lorazepam| 0|.5|-1|.5| mg| (5|,000| units)| at| 7|:30.".split("|")
    assert cutter.cut(said) == expected


@pytest.mark.parametrize(
    ("phrase", "page"),
    [
        (numbers.Phrase("PT 37.1", ("37.1",)), "PT 370.1"),
        (numbers.Phrase("PT 37.1", ("37.1",)), "PT high"),
        (numbers.Phrase("0.5-1.5 mg", ("0.5", "1.5")), "1.5-0.5 mg"),
        (numbers.Phrase("fifteen", ("15",), figures=False), "1.5"),
    ],
)
def test_a_wrong_page_is_a_fault(phrase: numbers.Phrase, page: str) -> None:
    assert numbers.fault(phrase, page)
    assert not numbers.fault(phrase, phrase.text)


def test_every_kind_of_phrase_says_its_own_numbers() -> None:
    random = Random(3)
    for kind in numbers.KINDS:
        phrases = [kind(random) for _ in range(50)]
        assert all(not numbers.fault(phrase, phrase.text) for phrase in phrases)
