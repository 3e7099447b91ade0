"""Judging readings, and putting terms in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import pytest

from scribe.asr import repair
from scribe.asr.doubts import Doubt, Reading, Suspect
from scribe.asr.vocabulary import Term, TermKind
from scribe.types import FlagKind, Segment, Transcript, Word


@dataclass
class Fake:
    """A listening that knows the log probability of texts by a word they hold; any other text has 0."""

    gains: Mapping[str, float]
    asked: list[str] = field(default_factory=list)

    def decode(self, terms: Sequence[str]) -> str:
        raise AssertionError("nothing is decoded here")

    def weigh(self, readings: Sequence[str]) -> list[float]:
        self.asked += readings
        return [sum(gain for word, gain in self.gains.items() if word in reading) for reading in readings]

    def languages(self) -> dict[str, float]:
        return {}


def words_of(text: str) -> list[Word]:
    return [Word(at, at + 0.8, f" {part}", 0.5, "A") for at, part in enumerate(text.split())]


def term(text: str, common: float = 0.5, confusable: tuple[str, ...] = ()) -> Term:
    return Term(text, TermKind.DRUG, common, confusable=confusable)


def suspect(words: list[Word], heard: str, *readings: tuple[Term, float], doubt: Doubt = Doubt.UNKNOWN) -> Suspect:
    parts = heard.split()
    first = next(
        at for at in range(len(words)) if [w.text.strip(" .,").lower() for w in words[at : at + len(parts)]] == parts
    )
    last = first + len(parts) - 1
    return Suspect(first, last, doubt, tuple(Reading(first, last, heard, one, likeness) for one, likeness in readings))


def judged(words: list[Word], one: Suspect, gains: Mapping[str, float] | None) -> repair.Verdict:
    (verdict,) = repair.judge([one], words, range(len(words)), None if gains is None else Fake(gains))
    return verdict


def test_an_alike_term_that_the_recogniser_agrees_with_is_put_in() -> None:
    words = words_of("he takes levothyroxene daily")
    verdict = judged(words, suspect(words, "levothyroxene", (term("levothyroxine"), 0.97)), {"levothyroxine": -2.0})
    assert verdict.accepted is not None
    assert verdict.accepted.term.text == "levothyroxine"


def test_one_that_it_finds_impossible_is_not_but_is_shown() -> None:
    words = words_of("he takes levothyroxene daily")
    verdict = judged(words, suspect(words, "levothyroxene", (term("levothyroxine"), 0.97)), {"levothyroxine": -40.0})
    assert verdict.accepted is None
    assert [reading.term.text for reading in verdict.shown] == ["levothyroxine"]


def test_the_less_alike_the_more_the_recogniser_has_to_agree() -> None:
    words = words_of("he takes myrelax daily")
    for likeness, accepted in ((0.97, True), (0.75, False)):
        verdict = judged(words, suspect(words, "myrelax", (term("MiraLAX"), likeness)), {"MiraLAX": -7.0})
        assert (verdict.accepted is not None) == accepted


@pytest.mark.parametrize(
    ("new", "kind", "gain", "accepted"),
    [
        ("labetalol", TermKind.DRUG, -7.0, True),
        ("subdural", TermKind.ANATOMY, -7.0, False),
        ("subdural", TermKind.ANATOMY, -3.0, True),
        ("lens", TermKind.ANATOMY, -4.0, False),
    ],
)
def test_for_what_is_no_drug_the_recogniser_has_to_agree_more(
    new: str, kind: TermKind, gain: float, accepted: bool
) -> None:
    words = words_of("seen unkown today")
    verdict = judged(words, suspect(words, "unkown", (Term(new, kind, 0.5), 0.9)), {new: gain})
    assert (verdict.accepted is not None) == accepted


def test_two_readings_that_are_near_each_other_are_shown_and_none_is_put_in() -> None:
    words = words_of("he takes micrones daily")
    one = suspect(words, "micrones", (term("Micronase"), 0.88), (term("Micronor"), 0.87))
    assert judged(words, one, {}).accepted is None
    assert judged(words, one, {"Micronor": -9.0}).accepted == one.readings[0]


def test_look_alikes_are_never_put_in_whatever_the_recogniser_says() -> None:
    words = words_of("he takes hydroxalyne daily")
    one = suspect(
        words,
        "hydroxalyne",
        (term("hydroxyzine", 1.0, confusable=("hydralazine",)), 0.85),
        (term("hydralazine", 1.0, confusable=("hydroxyzine",)), 0.82),
    )
    verdict = judged(words, one, {"hydroxyzine": 30.0})
    assert verdict.accepted is None
    assert verdict.look_alikes
    assert {reading.term.text for reading in verdict.shown} == {"hydroxyzine", "hydralazine"}


def test_forms_of_one_word_are_no_rivals() -> None:
    words = words_of("seen fasciculashuns today")
    one = suspect(words, "fasciculashuns", (term("fasciculations"), 0.95), (term("fasciculation"), 0.94))
    assert judged(words, one, {}).accepted == one.readings[0]


def test_everyday_words_are_replaced_only_where_the_recogniser_prefers_the_term() -> None:
    words = words_of("she has unstable in china now")
    one = suspect(words, "unstable in china", (term("unstable angina"), 0.93), doubt=Doubt.SOUND)
    assert judged(words, one, {"angina": 1.0}).accepted == one.readings[0]
    assert judged(words, one, {"angina": -3.0}).accepted is None


def test_without_a_recogniser_only_near_certain_readings_are_put_in() -> None:
    words = words_of("he takes levothyroxene daily")
    assert judged(words, suspect(words, "levothyroxene", (term("levothyroxine"), 0.97)), None).accepted is not None
    assert judged(words, suspect(words, "levothyroxene", (term("levothyroxine"), 0.85)), None).accepted is None


def test_a_reading_is_weighed_wherever_the_same_was_heard() -> None:
    words = words_of("lysinopril was stopped. Lysinopril was refilled")
    both = [Suspect(at, at, Doubt.UNKNOWN, (Reading(at, at, "lysinopril", term("lisinopril"), 0.99),)) for at in (0, 3)]
    fake = Fake({})
    repair.judge(both, words, range(len(words)), fake)
    assert fake.asked[1] == " lisinopril was stopped. Lisinopril was refilled"


# --- putting terms in


def mended(text: str, heard: str, new: str, score: float = 0.9) -> Transcript:
    words = words_of(text)
    one = suspect(words, heard, (term(new), score))
    result = repair.mend([Segment(tuple(words))], [repair.Verdict(one, one.readings[0], score)], {})
    return Transcript(result.segments, repairs=result.repairs, flags=result.flags)


@pytest.mark.parametrize(
    ("text", "heard", "new", "expected"),
    [
        ("take as a thromice in, twice", "as a thromice in", "azithromycin", " take azithromycin, twice"),
        ("Lysinopril was stopped.", "lysinopril", "lisinopril", " Lisinopril was stopped."),
        ("on zolloft.", "zolloft", "Zoloft", " on Zoloft."),
        ("has unstable in china today", "unstable in china", "unstable angina", " has unstable angina today"),
    ],
)
def test_marks_and_capitals_stay(text: str, heard: str, new: str, expected: str) -> None:
    assert mended(text, heard, new).text == expected


def test_what_was_heard_is_kept_and_can_be_put_back() -> None:
    transcript = mended("take as a thromice in, twice", "as a thromice in", "azithromycin")
    (made,) = transcript.repairs
    assert [word.text for word in made.original] == [" as", " a", " thromice", " in,"]
    assert [word.probability for word in made.original] == [0.5] * 4
    assert made.rule == "sound"
    assert transcript.undo(made).text == " take as a thromice in, twice"


def test_new_words_keep_time_and_speaker() -> None:
    transcript = mended("has unstable in china today", "unstable in china", "unstable angina")
    first, second = transcript.words[1:3]
    assert (first.start, second.end) == (1.0, 3.8)
    assert first.end == second.start
    assert {word.speaker for word in transcript.words} == {"A"}
    assert first.probability == 0.9


def test_the_rule_of_a_second_decoding_is_named() -> None:
    words = words_of("on zolloft now")
    one = suspect(words, "zolloft", (term("Zoloft"), 0.9))
    result = repair.mend([Segment(tuple(words))], [repair.Verdict(one, one.readings[0], 0.9)], {1: "second-decode"})
    assert result.repairs[0].rule == "second-decode"


def test_what_is_shown_becomes_a_flag_with_both_readings() -> None:
    words = words_of("takes clonipin now")
    one = suspect(words, "clonipin", (term("Klonopin"), 0.9), (term("clonidine"), 0.82))
    result = repair.mend([Segment(tuple(words))], [repair.Verdict(one, shown=one.readings, look_alikes=True)], {})
    (flag,) = result.flags
    assert flag.kind is FlagKind.DRUG
    assert flag.readings == ("clonipin", "Klonopin", "clonidine")
    assert (flag.interval.start, flag.interval.end) == (1.0, 1.8)
    assert result.segments == (Segment(tuple(words)),)
    assert "clonipin" not in flag.reason
    assert "clonipin" not in repr(replace(flag))
