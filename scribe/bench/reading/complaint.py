"""Whether the chief complaint names what the patient came for, and reads as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scribe.bench.meaning.fact_reader import Reader
from scribe.bench.meaning.facts import tokens
from scribe.bench.meaning.heard import content
from scribe.bench.reading import names
from scribe.bench.reading.names import Named, NameKind

LONGEST = 12  # words of a complaint that is short
SHARED = 0.5  # of the words of the reference that carry something, where it names nothing that is known
NOT_SHORT = frozenset(
    "i i'm i've you your we my he he's she she's it it's they they've them his her hers their this that's me him "
    "says said states stated reports reported mentions mentioned tells told thinks asked complains complained feels "
    "describes described explains noticed notices".split()
)


@dataclass(frozen=True, slots=True)
class Complaint:
    """`named`: one of the complaints of the reference is in it. `short`: few words, no pronoun, nothing told."""

    there: bool
    named: bool
    short: bool

    @property
    def right(self) -> bool:
        """Whether it is as it should be."""
        return self.named and self.short


def compare(ours: str, stated: Sequence[str], reader: Reader) -> Complaint | None:
    """Our complaint against those that a reference states, of which the first that names something counts.

    None where the reference says nothing that could be compared.
    """
    wanted = next((found for text in stated if (found := _complaints(text, reader))), ())
    if not wanted and not (stated and content([token.text for token in tokens(stated[0])])):
        return None
    if wanted:
        found = _complaints(ours, reader)
        named = any(one.is_same(each, placed=True) for each in wanted for one in found)
    else:
        theirs, held = (content([token.text for token in tokens(text)]) for text in (stated[0], ours))
        named = len(theirs & held) >= SHARED * len(theirs)
    return Complaint(bool(ours.strip()), named, is_short(ours))


def is_short(text: str) -> bool:
    """Whether a complaint has few words, none of them a pronoun or a verb of telling."""
    words = text.split()
    spoken = {token.text for token in tokens(text)}
    return 0 < len(words) <= LONGEST and not spoken & NOT_SHORT


def _complaints(text: str, reader: Reader) -> tuple[Named, ...]:
    """The problems that a text says are there; where there is none, the reasons, then procedures and tests."""
    found = [each for each in names.read(text, reader) if not each.denied and not each.of_relative]
    for kinds in ((NameKind.PROBLEM,), (NameKind.REASON,), (NameKind.PROCEDURE, NameKind.PLAN), (NameKind.DRUG,)):
        if some := names.of(found, *kinds):
            return some
    return ()
