"""What a person should check first: drugs, doses, numbers, negations and sides that may have been misheard.

A word's probability says little by itself (Kuhn et al. 2025, arXiv 2503.15124: precision .41 to .55), so it is asked
only of words that can harm a patient, and together with what is known: strengths that exist, names that sound alike,
words that are in no list, teens and tens. The words it looks for are in `risk.yaml`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher, get_close_matches
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from scribe.asr import doses, quantities
from scribe.asr.quantities import Number, Token, figure
from scribe.asr.vocabulary import Term, TermKind, Vocabulary
from scribe.clinical import denials, sides
from scribe.clinical.figures import sound_alike
from scribe.clinical.sides import OPPOSITE
from scribe.types import Flag, FlagKind, Interval, Transcript

# Whisper's probability of a word below which a person is asked. The note marks any word below 0.5 as doubtful
# (`sections.doubtful_below`); what can harm is asked about there, too, and what harms most, earlier. On ordinary speech
# all kinds together come to about one flag a minute: more, and nobody reads them.
DRUG_DOUBT = 0.6  # names that are right mostly stand above, though their rare pieces are less sure than everyday words
CONFUSABLE_DOUBT = 0.75  # a name with a neighbour in sound must be clearer: the neighbour takes its share
DOSE_DOUBT = 0.5
UNIT_DOUBT = 0.35  # seldom misheard, and the mark behind it ("milligrams,") takes part of its probability
NUMBER_DOUBT = 0.5
TEEN_DOUBT = 0.7  # fifteen and fifty differ in one weak sound
NEGATION_DOUBT = 0.5
LOST_NEGATION_DOUBT = 0.3  # "can" where "can't" was said: rare, and "can" is often mumbled
SIDE_DOUBT = 0.5

WINDOW = 4  # tokens between a drug and its dose, or a verb and its drug
LONGEST_NAME = 4  # tokens of a drug's name
UNKNOWN_LETTERS = 5  # shorter unknown words are hesitations and names
ALIKE = 0.6  # of spelling: lists of confused names also hold pairs that are only mixed up on a shelf
NEARLY = 0.7  # of spelling, between an unknown word and the drug that it may be
READINGS = 2  # look-alikes shown beside what was recognised
EVERYDAY = 4.2  # Zipf frequency from which a drug's name is an everyday word: water, iron, alcohol

REPLACED = "a drug's name was put in by sound: compare it with the recording"
UNCLEAR_DRUG = "a drug's name was heard poorly"
CONFUSABLE = "this drug's name sounds or looks like another's"
UNKNOWN_DRUG = "a word in the place of a drug's name is in no word list"
NEARLY_DRUG = "a word that is in no word list is written much like a drug's name"
NO_DRUG = "a dose is named, and no known drug before it"
NO_SUCH_DOSE = "no strength that is made of this drug adds up to this dose"
ODD_UNIT = "this drug is made in this strength, but in another unit"
NO_UNIT = "a number without a unit, and no strength of the drug before it"
UNCLEAR_DOSE = "a dose was heard poorly"
UNCLEAR_UNIT = "the unit of a dose was heard poorly"
TEENS = "this number sounds like another, and was heard poorly"
UNCLEAR_NUMBER = "a number was heard poorly"
UNCLEAR_NEGATION = "a negation was heard poorly"
LOST_NEGATION = "a negation may have been lost here"
UNCLEAR_SIDE = "left or right was heard poorly"
BOTH_SIDES = "both sides are named for the same place in one sentence"


@dataclass(frozen=True)
class Said:
    """What was said, with the drugs and numbers in it."""

    tokens: tuple[Token, ...] = field(repr=False)
    vocabulary: Vocabulary = field(repr=False)

    @cached_property
    def numbers(self) -> Mapping[int, Number]:
        """Numbers by their first token."""
        return {number.first: number for number in quantities.numbers(self.tokens)}

    @cached_property
    def drugs(self) -> Mapping[int, tuple[int, Term]]:
        """By the first token of a drug's name: its last token, and the drug."""
        found: dict[int, tuple[int, Term]] = {}
        at = 0
        while at < len(self.tokens):
            name = self._name(at)
            if name:
                found[at] = name
            at = name[0] + 1 if name else at + 1
        return found

    def _name(self, at: int) -> tuple[int, Term] | None:
        for last in range(min(at + LONGEST_NAME, len(self.tokens)) - 1, at - 1, -1):
            text = " ".join(token.key for token in self.tokens[at : last + 1])
            term = self.vocabulary.get(text)
            if term and term.kind is TermKind.DRUG and self.vocabulary.frequency(text) < EVERYDAY:
                return last, term
        return None

    @cached_property
    def _drug_names(self) -> Sequence[str]:
        return [term.text.lower() for term in self.vocabulary.drugs]

    def is_nearly_drug(self, at: int) -> bool:
        """Whether a drug is written much like the word at a place. Which one was said is for sound to tell."""
        return bool(get_close_matches(self.key(at), self._drug_names, 1, NEARLY))

    def key(self, at: int) -> str:
        """The word at a place, empty where there is none."""
        return self.tokens[at].key if 0 <= at < len(self.tokens) else ""

    def unit(self, number: Number) -> tuple[str, int]:
        """The unit of a dose, and its token: ("", the number's last token) where it has none."""
        units = doses.spoken(tuple(_words()["dose_units"]))
        if number.unit in units:
            return units[number.unit], number.last
        if self.key(number.last + 1) in units:
            return units[self.key(number.last + 1)], number.last + 1
        return "", number.last

    def flag(self, kind: FlagKind, first: int, last: int, reason: str, readings: Iterable[str] = ()) -> Flag:
        """A flag on the tokens `first` to `last`."""
        interval = Interval(self.tokens[first].interval.start, self.tokens[last].interval.end)
        return Flag(kind, interval, reason, tuple(dict.fromkeys(readings)))

    def doubt(self, first: int, last: int) -> float:
        """The lowest probability of the tokens `first` to `last`."""
        return min(token.probability for token in self.tokens[first : last + 1])

    def text(self, first: int, last: int) -> str:
        """The tokens `first` to `last`, without the marks around them."""
        return "".join(token.text for token in self.tokens[first : last + 1]).strip(quantities.MARKS)

    def pause(self, at: int) -> bool:
        """Whether a mark stands behind the word."""
        return at < 0 or self.tokens[at].text.rstrip().endswith((",", ";", ":")) or self.tokens[at].ends

    def same_sentence(self, first: int, last: int) -> bool:
        """Whether no sentence ends between two places."""
        return not any(token.ends for token in self.tokens[first:last])


def flags(transcript: Transcript, vocabulary: Vocabulary) -> tuple[Flag, ...]:
    """What should be checked in the words of a transcript, by risk and then by time.

    A transcript without times gives none: a flag is a place in a recording. Reasons are fixed wording; only `readings`
    holds words that were said.
    """
    if not transcript.timed:
        return ()
    said = Said(quantities.tokens(transcript.words), vocabulary)
    found = [*_replaced(transcript, vocabulary)]
    for check in (_drugs, _unknown_drugs, _numbers, _negations, _sides):
        found += check(said)
    return joined(found)


def flagged(transcript: Transcript, vocabulary: Vocabulary) -> Transcript:
    """The transcript with these flags beside those it has, in order of time."""
    found = (*transcript.flags, *flags(transcript, vocabulary))
    return replace(transcript, flags=tuple(sorted(dict.fromkeys(found), key=lambda flag: (flag.interval, flag.kind))))


def joined(found: Iterable[Flag]) -> tuple[Flag, ...]:
    """Flags by risk and time; those of one kind that overlap are one, with the reason of the first to be found."""
    made: list[Flag] = []
    for flag in found:
        apart = [other for other in made if not (other.kind is flag.kind and _overlap(other.interval, flag.interval))]
        for other in made:
            if other not in apart:
                start = min(other.interval.start, flag.interval.start)
                end = max(other.interval.end, flag.interval.end)
                readings = _without_parts((*other.readings, *flag.readings))
                flag = Flag(flag.kind, Interval(start, end), other.reason, readings)
        made = [*apart, flag]
    return tuple(sorted(made, key=lambda flag: (flag.kind.rank, flag.interval)))


def _without_parts(readings: Sequence[str]) -> tuple[str, ...]:
    """Each reading once, without those that are a piece of another."""
    return tuple(
        reading
        for reading in dict.fromkeys(readings)
        if not any(reading != other and f" {reading} " in f" {other} " for other in readings)
    )


def _overlap(one: Interval, other: Interval) -> bool:
    return one == other or (one.start < other.end and other.start < one.end)


# --- drugs
def _replaced(transcript: Transcript, vocabulary: Vocabulary) -> Iterator[Flag]:
    """A drug's name that the vocabulary has put in: nothing else the machine does can harm as much."""
    for repair in transcript.repairs:
        words = transcript.words[repair.first : repair.first + repair.count]
        stands = "".join(word.text for word in words).strip(quantities.MARKS)
        parts = {stands, *(word.text.strip(quantities.MARKS) for word in words)}
        if any(term and term.kind is TermKind.DRUG for term in map(vocabulary.get, parts)):
            heard = "".join(word.text for word in repair.original).strip(quantities.MARKS)
            interval = Interval(words[0].start, max(word.end for word in words))
            yield Flag(FlagKind.DRUG, interval, REPLACED, (stands, heard))


def _drugs(said: Said) -> Iterator[Flag]:
    for first, (last, term) in said.drugs.items():
        doubt, dose = said.doubt(first, last), _dose(said, first, last)
        yield from _dose_flags(said, first, last, term, dose)
        alike = _alternatives(said, term, dose)
        if doubt < (CONFUSABLE_DOUBT if alike else DRUG_DOUBT):
            reason = CONFUSABLE if alike else UNCLEAR_DRUG
            yield said.flag(FlagKind.DRUG, first, last, reason, (said.text(first, last), *alike))


def _alternatives(said: Said, term: Term, dose: Number | None) -> tuple[str, ...]:
    """The names it may be mistaken for, the nearest first; beside a dose of its own, only those that come in it."""
    ratio = {name: SequenceMatcher(None, term.text.lower(), name.lower()).ratio() for name in term.confusable}
    names = sorted((name for name in ratio if ratio[name] >= ALIKE), key=lambda name: -ratio[name])
    if names and dose is not None and dose.value is not None:
        unit = said.unit(dose)[0] or "mg"
        if doses.fits(term, dose.value, unit, said.vocabulary):
            names = [name for name in names if _comes_in(said, name, dose.value, unit)]
    return tuple(names[:READINGS])


def _dose(said: Said, first: int, last: int) -> Number | None:
    """The dose of the drug that is named at these tokens: behind it within a few words, or right before it."""
    for at in range(last + 1, min(last + 1 + WINDOW, len(said.tokens))):
        number = said.numbers.get(at)
        if number and (said.unit(number)[0] or at == last + 1):
            return number
        if number or at in said.drugs or (said.tokens[at - 1].ends and at > last + 1):
            break
    before = next((n for n in said.numbers.values() if said.unit(n)[1] in (first - 1, first - 2)), None)
    if before and said.unit(before)[0] and said.key(first - 1) in ("of", said.key(said.unit(before)[1])):
        return before
    return None


def _dose_flags(said: Said, first: int, last: int, term: Term, dose: Number | None) -> Iterator[Flag]:
    """A dose that is not made of this drug: the drug, the number or the unit is wrong."""
    words = _words()
    if dose is None or dose.value is None or said.key(dose.first - 1) in words["not_a_dose"]:
        return
    unit, end = said.unit(dose)
    if any(said.key(at) in words["per_weight"] for at in (end + 1, end + 2)):
        return
    value, span = dose.value, (min(first, dose.first), max(last, end))
    made_in = doses.unit_of(term, value, said.vocabulary)
    if not unit:
        follows = said.key(dose.last + 1)
        plain = follows in words["frequencies"] or said.tokens[dose.last].ends
        if plain and made_in is None and doses.fits(term, value, "mg", said.vocabulary) is False:
            yield said.flag(FlagKind.DOSE, *span, NO_UNIT, (figure(value), *_other_number(said, term, value, "mg")))
    elif doses.fits(term, value, unit, said.vocabulary) is False:
        asked = f"{figure(value)} {unit}"
        if made_in and made_in != unit:
            yield said.flag(FlagKind.DOSE, *span, ODD_UNIT, (asked, f"{figure(value)} {made_in}"))
            return
        others = [name for name in term.confusable if _comes_in(said, name, value, unit)]
        readings = [f"{said.text(first, last)} {asked}", *(f"{name} {asked}" for name in others[:READINGS])]
        yield said.flag(
            FlagKind.DRUG,
            *span,
            NO_SUCH_DOSE,
            (*readings, *(f"{other} {unit}" for other in _other_number(said, term, value, unit))),
        )


def _comes_in(said: Said, name: str, value: float, unit: str) -> bool:
    term = said.vocabulary.get(name)
    return term is not None and bool(doses.fits(term, value, unit, said.vocabulary))


def _other_number(said: Said, term: Term, value: float, unit: str) -> tuple[str, ...]:
    """The number that sounds like this one, if the drug comes in it."""
    other = sound_alike(value)
    comes = other is not None and doses.fits(term, other, unit, said.vocabulary)
    return (figure(other),) if other is not None and comes else ()


def _unknown_drugs(said: Said) -> Iterator[Flag]:
    """Words where a drug's name should be, and no drug: "start a thromice in 500 milligrams", "takes levothyroxene"."""
    words = _words()
    for number in said.numbers.values():
        unit, last = said.unit(number)
        if unit and said.key(last + 1) not in words["per_weight"]:
            yield from _before_dose(said, number.first)
    for at in range(len(said.tokens)):
        if _is_unknown(said, at):
            verb = at - 2 if said.key(at - 1) in words["between"] else at - 1
            framed = said.key(verb) in words["drug_verbs"] and said.same_sentence(verb, at)
            if framed or said.is_nearly_drug(at):
                yield said.flag(FlagKind.DRUG, at, at, UNKNOWN_DRUG if framed else NEARLY_DRUG, (said.text(at, at),))


def _before_dose(said: Said, dose: int) -> Iterator[Flag]:
    words = _words()
    first = max(dose - WINDOW - 1, 0)
    first = max((at + 1 for at in range(first, dose - 1) if said.tokens[at].ends), default=first)
    inside = {at for start, (last, _) in said.drugs.items() for at in range(start, last + 1)}
    window = range(first, dose)
    verb = next((at for at in reversed(window) if said.key(at) in words["drug_verbs"]), None)
    begin = first if verb is None else verb + 1
    names = [at for at in range(begin, dose) if said.key(at) not in words["between"]]
    if not names or inside & set(names):
        return
    unknown = [at for at in names if _is_unknown(said, at)]
    if unknown:
        pause = max((at for at in range(names[0], unknown[0]) if said.pause(at)), default=-1)
        begin = next(at for at in names if at > pause)
        yield said.flag(FlagKind.DRUG, begin, names[-1], UNKNOWN_DRUG, (said.text(begin, names[-1]),))
        return
    meant = not any(said.key(at) in words["no_drug"] or at in said.numbers for at in names)
    begin = names[-1] if verb is None else names[0]
    weighed = said.unit(said.numbers[dose])[0] in doses.MILLIGRAMS  # "two tablets" may be of what was named before
    if meant and (weighed or verb is not None) and said.doubt(begin, names[-1]) < DRUG_DOUBT:
        yield said.flag(FlagKind.DRUG, begin, names[-1], NO_DRUG, (said.text(begin, names[-1]),))


def _is_unknown(said: Said, at: int) -> bool:
    key = said.key(at)
    return len(key) >= UNKNOWN_LETTERS and key.replace("-", "").isalpha() and not said.vocabulary.is_word(key)


# --- numbers
def _numbers(said: Said) -> Iterator[Flag]:
    drug_ends = {last for last, _ in said.drugs.values()}
    for number in said.numbers.values():
        unit, last = said.unit(number)
        is_dose = bool(unit) or number.first - 1 in drug_ends
        kind = FlagKind.DOSE if is_dose else FlagKind.NUMBER
        doubt, other = said.doubt(number.first, number.last), sound_alike(number.value)
        if doubt < TEEN_DOUBT and other is not None and number.value is not None:
            yield said.flag(kind, number.first, last, TEENS, (figure(number.value), figure(other)))
        elif is_dose and doubt < DOSE_DOUBT:
            yield said.flag(kind, number.first, last, UNCLEAR_DOSE, (said.text(number.first, last),))
        elif unit and last > number.last and said.doubt(last, last) < UNIT_DOUBT:
            yield said.flag(kind, number.first, last, UNCLEAR_UNIT, (said.text(number.first, last),))
        elif not is_dose and doubt < NUMBER_DOUBT and _counts(said, number):
            yield said.flag(kind, number.first, last, UNCLEAR_NUMBER, (said.text(number.first, last),))


def _counts(said: Said, number: Number) -> bool:
    """Whether it is a quantity: "one" mostly is not."""
    return said.text(number.first, number.last).lower() != "one" or said.key(number.last + 1) in _words()["counted"]


# --- negations
def _negations(said: Said) -> Iterator[Flag]:
    words = _words()
    denying = denials.words() | frozenset(words["denying_besides"])
    harmless = {at for phrase in words["harmless_negations"] for at in _places(said, phrase.split())}
    for at, token in enumerate(said.tokens):
        key = token.key
        if (key in denying or key.endswith("n't")) and at not in harmless:
            if token.probability < NEGATION_DOUBT:
                yield said.flag(FlagKind.NEGATION, at, at, UNCLEAR_NEGATION, (said.text(at, at),))
        elif key in words["could_be_negated"] and token.probability < LOST_NEGATION_DOUBT and not token.ends:
            readings = (said.text(at, at), words["could_be_negated"][key])
            yield said.flag(FlagKind.NEGATION, at, at, LOST_NEGATION, readings)


def _places(said: Said, phrase: Sequence[str]) -> Iterator[int]:
    for at in range(len(said.tokens) - len(phrase) + 1):
        if all(said.key(at + offset) == word for offset, word in enumerate(phrase)):
            yield from range(at, at + len(phrase))


# --- sides
def _sides(said: Said) -> Iterator[Flag]:
    placed = [(at, site) for at in range(len(said.tokens)) if (site := _site(said, at))]
    for at, _ in placed:
        if said.tokens[at].probability < SIDE_DOUBT:
            readings = (said.key(at), OPPOSITE[said.key(at)]) if said.key(at) in OPPOSITE else (said.key(at),)
            yield said.flag(FlagKind.SIDE, at, at, UNCLEAR_SIDE, readings)
    for (first, site), (second, other) in pairwise(placed):
        contrary = OPPOSITE.get(said.key(first)) == said.key(second) and site.rstrip("s") == other.rstrip("s")
        joined_up = any(said.key(at) in _words()["joins"] for at in range(first, second))
        if contrary and said.same_sentence(first, second) and not joined_up:
            yield said.flag(FlagKind.SIDE, first, second, BOTH_SIDES, (said.key(first), said.key(second)))


def _site(said: Said, at: int) -> str:
    """The part of the body that a side at this place is about; empty where the word is no side: "all right"."""
    words = _words()
    if said.key(at) not in sides.BY_WORD or said.tokens[at].ends:
        return ""
    after = said.key(at + 1)
    if after in words["qualifiers"] and said.key(at + 2) in words["paired_sites"]:
        return said.key(at + 2)
    return after if after in words["paired_sites"] else ""


@cache
def _words() -> Mapping[str, Any]:
    words: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "risk.yaml").read_text(encoding="utf-8"))
    return words
