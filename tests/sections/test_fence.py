"""The fence: what it lets through, and above all what it does not."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scribe.config import Config
from scribe.sections import fence

MODELS = Config().models
HERE = Path(__file__).parent


def rows(name: str) -> list[tuple[str, ...]]:
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [tuple(cell.replace("\\n", "\n") for cell in line.split("\t")) for line in lines]


GOOD = rows("fence_good.tsv")
BAD = rows("fence_bad.tsv")


@pytest.mark.parametrize(("what", "original", "rewritten"), BAD)
def test_no_sentence_that_says_something_else_passes(what: str, original: str, rewritten: str) -> None:
    assert fence.refusal(rewritten, original, MODELS) is not None, what


def test_the_table_of_bad_sentences_is_large() -> None:
    assert len({rewritten for _, _, rewritten in BAD}) >= 60


def test_most_honest_sentences_pass() -> None:
    passed = [fence.refusal(rewritten, original, MODELS) is None for original, rewritten in GOOD]
    assert sum(passed) / len(passed) >= 0.9


@pytest.mark.parametrize("sentence", [original for original, _ in GOOD])
def test_a_sentence_may_stay_as_it_is(sentence: str) -> None:
    assert fence.refusal(sentence, sentence, MODELS) is None


SENTENCES = [
    "Takes lisinopril 20 mg and metformin 500 mg twice a day.",
    "Denies fever and chills, reports a cough for 3 weeks.",
    "Pain in the left knee and swelling of the right ankle.",
    "Mother had diabetes, father had asthma.",
    "Stop ibuprofen 400 mg and start naproxen 500 mg if needed.",
    "No chest pain, but shortness of breath when climbing 2 flights of stairs.",
    "Blood pressure 140/90, pulse 88, no murmur.",
]
STRANGE = (
    "no not never denies without left right both severe mild possible probably aspirin warfarin fever sepsis cancer "
    "mother father worse better before after if only 5 10 mg mcg weeks weekly started stopped allergic normal had was"
).split()


def at(data: st.DataObject, words: list[str]) -> int:
    return data.draw(st.integers(0, len(words) - 1))


@settings(max_examples=150)
@given(st.sampled_from(SENTENCES), st.sampled_from(STRANGE), st.data())
def test_no_strange_word_gets_in(sentence: str, word: str, data: st.DataObject) -> None:
    words = sentence.split()
    put = data.draw(st.integers(0, len(words)))
    assert fence.refusal(" ".join([*words[:put], word, *words[put:]]), sentence, MODELS) is not None


@settings(max_examples=150)
@given(st.sampled_from(SENTENCES), st.sampled_from(STRANGE), st.data())
def test_no_word_is_exchanged_for_a_strange_one(sentence: str, word: str, data: st.DataObject) -> None:
    words = sentence.split()
    put = at(data, words)
    exchanged = {words[put].strip(".,").lower(), word}
    if len(exchanged) == 1 or exchanged <= DENIALS or exchanged <= PAST:
        return
    assert fence.refusal(" ".join([*words[:put], word, *words[put + 1 :]]), sentence, MODELS) is not None


DENIALS = {"no", "not", "denies", "without"}  # say the same in front of what is denied
PAST = {"had", "was"}
GRAMMAR = {"and", "a", "the", "of", "for", "in", "takes", "reports", "times"}


@settings(max_examples=100)
@given(st.sampled_from(SENTENCES), st.data())
def test_no_word_with_content_gets_lost(sentence: str, data: st.DataObject) -> None:
    words = sentence.split()
    gone = at(data, words)
    if words[gone].strip(".,").lower() in GRAMMAR - {"for"}:
        return
    assert fence.refusal(" ".join([*words[:gone], *words[gone + 1 :]]), sentence, MODELS) is not None


@settings(max_examples=150)
@given(st.sampled_from(SENTENCES), st.data())
def test_no_two_words_change_places(sentence: str, data: st.DataObject) -> None:
    words = sentence.rstrip(".").split()
    first, second = at(data, words), at(data, words)
    a, b = words[first].strip(",").lower(), words[second].strip(",").lower()
    if a == b or {a, b} & GRAMMAR:
        return
    words[first], words[second] = words[second], words[first]
    assert fence.refusal(" ".join(words) + ".", sentence, MODELS) is not None


@settings(max_examples=100)
@given(st.text(max_size=120), st.sampled_from(SENTENCES))
def test_any_text_is_judged(text: str, sentence: str) -> None:
    if text.split() != sentence.split():
        assert fence.refusal(text, sentence, MODELS) is not None


def rewrites(verdict: str) -> list[tuple[str, str, str]]:
    """Rows of the table that was written before the rules: what, the sentence, another for it."""
    table = (row for row in rows("fence_rewrites.tsv") if row[0] == verdict)
    return [(what, original, rewritten) for _, _, what, original, rewritten in table]


@pytest.mark.parametrize(("what", "original", "rewritten"), rewrites("harmful"))
def test_no_harmful_rewrite_passes(what: str, original: str, rewritten: str) -> None:
    assert fence.refusal(rewritten, original, MODELS) is not None, what


def test_many_good_rewrites_pass() -> None:
    passed = [fence.refusal(rewritten, original, MODELS) is None for _, original, rewritten in rewrites("good")]
    assert sum(passed) / len(passed) >= 0.8
