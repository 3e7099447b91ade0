"""How good a draft was, told by what people had to change before it was signed.

The score is that of AHDI's quality assurance of health care documentation: 100, less 3 for each critical error and 1
for each other one, whatever the length; 98 and above passes, and any critical error fails. Critical is what changes the
content: another drug, dose, number, side, denial or clinical term, and an omission or insertion of one of these. Other
wording counts as one error for a statement; marks, capitals, order and what a person added of their own count nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from rapidfuzz.distance import Levenshtein

from scribe.review.checks import Differs
from scribe.review.note_merge import standing
from scribe.review.retime import key
from scribe.types import Note, Transcript

CRITICAL, NONCRITICAL, PASS = 3, 1, 98
FactsOf = Callable[[str], frozenset[str]]
"""`facts_of(text)`: the drugs, doses, numbers, sides and problems that a text names, each as one comparable word."""


@dataclass(frozen=True, slots=True)
class DraftError:
    """One error of a draft."""

    critical: bool
    kind: str  # a kind of fact, "omission", "insertion" or "wording"
    statement_id: str
    drafted: str = field(repr=False)
    signed: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Score:
    """A draft against what was signed. Counts are of words."""

    errors: tuple[DraftError, ...]
    words: int  # of the signed note
    edits: int  # inserted, removed or replaced in the note
    transcript_words: int
    transcript_edits: int

    @property
    def critical(self) -> int:
        """How many errors are critical."""
        return sum(error.critical for error in self.errors)

    @property
    def noncritical(self) -> int:
        """How many are not."""
        return len(self.errors) - self.critical

    @property
    def points(self) -> int:
        """100 - 3 x critical - 1 x other, at least 0."""
        return max(100 - CRITICAL * self.critical - NONCRITICAL * self.noncritical, 0)

    @property
    def passed(self) -> bool:
        """98 points or more, and nothing critical."""
        return self.points >= PASS and not self.critical


def score(
    drafts: tuple[Note, Transcript], signed: tuple[Note, Transcript], differs: Differs, facts_of: FactsOf
) -> Score:
    """Compare the first draft of note and transcript with what was signed."""
    (draft, heard), (final, corrected) = drafts, signed
    before = {name: statement.text for name, (_, statement) in standing(draft).items()}
    now = {name: statement.text for name, (_, statement) in standing(final).items()}
    names = list(dict.fromkeys((*before, *now)))
    edits = sum(_distance(before.get(name, "").split(), now.get(name, "").split()) for name in names)
    said = facts_of(corrected.text)
    all_before, all_now = facts_of("\n".join(before.values())), facts_of("\n".join(now.values()))
    errors: list[DraftError] = []
    for name in names:
        if name not in now:
            critical = bool(facts_of(before[name]) - all_now)
            errors.append(DraftError(critical, "insertion", name, before[name], ""))
        elif name in before:
            errors += _changed(name, before[name], now[name], differs)
        elif missed := (facts_of(now[name]) & said) - all_before:
            errors.append(DraftError(bool(missed), "omission", name, "", now[name]))
    words = sum(len(text.split()) for text in now.values())
    spoken = [[word.text.strip() for word in item.words] for item in (heard, corrected)]
    return Score(tuple(errors), words, edits, len(spoken[1]), _distance(*spoken))


def _changed(name: str, drafted: str, signed: str, differs: Differs) -> Iterator[DraftError]:
    if [key(word) for word in drafted.split()] == [key(word) for word in signed.split()]:
        return
    kinds = dict.fromkeys((*differs(signed, [(None, drafted)]), *differs(drafted, [(None, signed)])))
    for kind in kinds:
        yield DraftError(True, kind, name, drafted, signed)
    if not kinds:
        yield DraftError(False, "wording", name, drafted, signed)


def _distance(old: Sequence[str], new: Sequence[str]) -> int:
    return Levenshtein.distance(old, new)
