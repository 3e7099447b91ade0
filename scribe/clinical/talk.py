"""A talk while it is read: its utterances, questions and answers, and what is named in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from scribe.clinical import exchanges, openings, phrases, utterances
from scribe.clinical.exchanges import Exchange
from scribe.clinical.mentions import Mentions
from scribe.clinical.phrases import Means
from scribe.clinical.terms import Named
from scribe.clinical.text import Text
from scribe.types import Attribute, Claims, FindingKind, Role, Span, Transcript


@dataclass(slots=True)
class Mention:
    """A term on its way to a finding. `line` is the number of its utterance."""

    named: Named
    kind: FindingKind
    claims: Claims
    line: int
    span: Span
    asked: bool = False  # it was named in a question
    settled: tuple[Span, ...] = ()
    told: list[Attribute] = field(default_factory=list)
    dropped: bool = False
    part: bool = False  # of one mention, told of another side
    concept: str = field(default="", repr=False)
    relatives: tuple[str, ...] = ()  # others who have it too: "my mother and sister"

    @property
    def tokens(self) -> range:
        """The tokens that it stands on."""
        return self.named.tokens


class Talk:
    """The utterances of a transcript, its text, who answered what, and the mentions found so far."""

    def __init__(self, transcript: Transcript) -> None:
        self.transcript = transcript
        self.said = exchanges.opened(utterances.split(transcript))
        self.text = Text(transcript.text, [utterance.span for utterance in self.said])
        self.lines: Sequence[range] = self.text.sentences
        self.words = [self.text.part(tokens) for tokens in self.lines]
        self.mentions = Mentions(self.text)
        self.pairs = tuple(self._asked_again(exchanges.exchanges(self.said)))
        self.found: list[Mention] = []

    def line_of(self, tokens: range) -> int | None:
        """The number of the utterance that these tokens begin in."""
        return next((number for number, line in enumerate(self.lines) if tokens.start < line.stop), None)

    def here(self, line: int) -> list[Mention]:
        """What an utterance names."""
        return [mention for mention in self.found if mention.line == line]

    def asked_before(self, line: int) -> list[Mention]:
        """What the question named that this line answers."""
        pair = self.answered_by(line)
        return [mention for mention in self.found if mention.line in pair.asked] if pair else []

    def answered_by(self, line: int) -> Exchange | None:
        """The exchange in whose answer this line stands."""
        return next((pair for pair in self.pairs if line in pair.answered), None)

    def is_asked(self, tokens: range, line: int) -> bool:
        """Whether these tokens are asked: "You are on aspirin, and do you smoke?" asks about smoking alone."""
        if not self.said[line].asks:
            return False
        words, start = self.words[line], self.lines[line].start
        found = phrases.says(Means.ASKS_FROM, words)
        if found is None or tokens.start >= start + words.count(" ", 0, found.start()):
            return True
        before = words[: found.start()]
        return (
            phrases.asks(before) is not None
            or openings.opens_question(before)
            or not phrases.says(Means.TELLS_FIRST, before)
        )

    def says(self, means: Means, line: int) -> bool:
        """Whether an utterance says so anywhere."""
        return phrases.says(means, self.words[line]) is not None

    def is_by(self, line: int, role: Role) -> bool:
        """Whether somebody with this role says it."""
        return self.said[line].role is role

    def starts_turn(self, line: int) -> int:
        """The first utterance of the turn in which this one is said."""
        while line and self.said[line - 1].speaker == self.said[line].speaker:
            line -= 1
        return line

    def reply(self, line: int) -> int | None:
        """The first utterance of the next turn, by somebody else."""
        return next(
            (at for at in range(line + 1, len(self.said)) if self.said[at].speaker != self.said[line].speaker), None
        )

    def _asked_again(self, found: Iterator[Exchange]) -> Iterator[Exchange]:
        """The exchanges; a question that asks the same once more, "None at all?", is one with that before it."""
        before: Exchange | None = None
        for pair in found:
            again = before is not None and all(phrases.begins(Means.ASKED_AGAIN, self.words[at]) for at in pair.asked)
            if before is not None and again:
                pair = replace(pair, asked=before.asked, again=True)
            yield pair
            before = pair
