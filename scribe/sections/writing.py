"""The writer of a note: who words its sentences, behind the fence.

The rules word every sentence first. Another writer (a language model that the user has set up) is offered the
sentences and nothing else; what it makes of one takes its place only if the fence lets it through. Whatever goes wrong,
the note is whole: the sentences of the rules stay.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from scribe.config import Config
from scribe.containment import contain, or_else, place_of
from scribe.errors import EngineError
from scribe.plugins import OnProgress, OnWarning, Writer, no_progress, no_warning
from scribe.sections import fence
from scribe.types import Provenance, Refusal, RefusalReason, Section, SectionKind, Statement

BATCH = 12  # sentences that are offered together
FEWEST = 3  # words below which a sentence is not worth a rewrite


class Rules:
    """The writer that needs nothing: every sentence stays as the rules made it."""

    def __init__(self, config: Config) -> None:
        self.provenance = Provenance("rules")

    def offer(self, sentences: Sequence[tuple[SectionKind, str]]) -> Sequence[str | None]:
        """No sentence is offered for any."""
        return [None] * len(sentences)


@dataclass(frozen=True, slots=True)
class Reworded:
    """Sections, the ids of the statements that got another sentence, and the statements for which one was refused."""

    sections: tuple[Section, ...]
    reworded: tuple[str, ...] = ()
    refusals: tuple[Refusal, ...] = ()


def reword(
    sections: tuple[Section, ...],
    writer: Writer,
    config: Config,
    *,
    on_progress: OnProgress = no_progress,
    on_warning: OnWarning = no_warning,
) -> Reworded:
    """The sections with the sentences that `writer` offers and the fence lets through.

    A writer that fails is not asked again; its message goes to `on_warning`.
    """
    if isinstance(writer, Rules):
        return Reworded(sections)
    asked = [(section.kind, one) for section in sections for one in section.statements if _may_be_reworded(one)]
    taken: dict[str, str] = {}
    refusals: list[Refusal] = []
    for at in range(0, len(asked), BATCH):
        on_progress("writer", at, len(asked))
        batch = asked[at : at + BATCH]
        try:
            offers = _offers(writer, batch)
        except EngineError as error:
            on_warning(f"{error}; {len(asked) - at} sentences stay as the rules made them")
            refusals += [Refusal(statement.id, RefusalReason.NO_ANSWER) for _, statement in asked[at:]]
            break
        for (_, statement), offer in zip(batch, offers, strict=True):
            sentence = " ".join(offer.split()) if offer and "\n" not in offer.strip() else offer
            if not sentence or sentence == statement.text:
                continue
            judge = partial(fence.refusal, sentence, statement.text, config.models)
            reason = or_else(judge, RefusalReason.FORM, "writer")
            if reason is None:
                taken[statement.id] = sentence
            else:
                refusals.append(Refusal(statement.id, reason))
    on_progress("writer", len(asked), len(asked))
    return Reworded(_with(sections, taken), tuple(taken), tuple(refusals))


def _offers(writer: Writer, batch: Sequence[tuple[SectionKind, Statement]]) -> Sequence[str | None]:
    try:
        offers = writer.offer([(kind, statement.text) for kind, statement in batch])
    except Exception as error:
        contain(error, "writer")
        raise EngineError(f"the writer failed ({place_of(error)})") from error
    if len(offers) != len(batch):
        raise EngineError(f"the writer answered {len(offers)} sentences for {len(batch)}")
    return offers


def _may_be_reworded(statement: Statement) -> bool:
    """Whether a sentence was heard, and nothing in it is doubtful, left blank or marked: a person must see that."""
    plain = statement.author is None and not statement.doubtful and fence.is_plain(statement.text)
    return plain and len(statement.text.split()) >= FEWEST


def _with(sections: tuple[Section, ...], sentences: Mapping[str, str]) -> tuple[Section, ...]:
    def worded(statement: Statement) -> Statement:
        return replace(statement, text=sentences.get(statement.id, statement.text))

    return tuple(replace(section, statements=tuple(map(worded, section.statements))) for section in sections)
