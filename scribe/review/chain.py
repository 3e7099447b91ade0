"""From a statement to the words it was heard in, also where the transcript was corrected since."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scribe.review.retime import aligned
from scribe.types import Span, Statement, Transcript, Word


class Followed:
    """Where the words of one revision of a transcript stand in another. Words that were typed over stand for them."""

    def __init__(self, old: Transcript, new: Transcript) -> None:
        self.old, self.new = old, new
        self._moved = None if old is new else list(_moved(old.words, new.words))

    def words(self, span: Span) -> range:
        """The words of the new transcript, by index, in which a span of the old one's text was heard."""
        inside = self.old.places_in(span)
        if self._moved is None or not inside:
            return inside
        places = [self._moved[at] for at in inside]
        return range(min(place.start for place in places), max(place.stop for place in places))

    def span(self, span: Span) -> Span | None:
        """The same place in the new text; None where all its words are gone."""
        found = self.words(span)
        if self.old is self.new:
            return span
        return self.new.span_of(found.start, found.stop - 1) if found else None

    def said(self, statement: Statement) -> list[tuple[str | None, str]]:
        """What was said where a statement was heard, as it reads now: (speaker, text) in turn."""
        pieces = []
        for span in statement.heard:
            found = self.words(span)
            if found:
                words = self.new.words[found.start : found.stop]
                pieces.append((words[0].speaker, "".join(word.text for word in words).strip()))
        return pieces


def _moved(old: Sequence[Word], new: Sequence[Word]) -> Iterator[range]:
    """For each old word the new ones that stand for it."""
    keys = [(word.start, word.end, word.text) for word in old], [(word.start, word.end, word.text) for word in new]
    for same, here, there in aligned(*keys):
        for at in range(here.stop - here.start):
            yield range(there.start + at, there.start + at + 1) if same else range(there.start, there.stop)
