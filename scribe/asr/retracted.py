"""Flags for what a speaker took back that can harm: a drug, a dose or another number, an order."""

from __future__ import annotations

from collections.abc import Sequence

from scribe.asr import quantities
from scribe.asr.risk import Said
from scribe.asr.vocabulary import Vocabulary
from scribe.types import Flag, FlagKind, TakenBack, Transcript

REASON = "taken back by the speaker, and it held {}"
ORDERS = frozenset(
    "give gave start stop hold continue discontinue resume restart increase decrease reduce double taper titrate order "
    "prescribe administer infuse inject transfuse repeat obtain check draw send schedule refer consult admit discharge "
    "transfer begin switch change add remove avoid allergy allergic antibiotic antibiotics insulin oxygen".split()
)


def flags(transcript: Transcript, taken_back: Sequence[TakenBack], vocabulary: Vocabulary) -> tuple[Flag, ...]:
    """A flag for each stretch that was taken back and held a drug, a number or an order."""
    return tuple(
        Flag(FlagKind.TAKEN_BACK, item.seconds, REASON.format(held), (item.text,))
        for item in taken_back
        if item.seconds and (held := _held(transcript, item, vocabulary))
    )


def _held(transcript: Transcript, item: TakenBack, vocabulary: Vocabulary) -> str:
    said = Said(quantities.tokens(transcript.words_in(item.heard)), vocabulary)
    if said.drugs:
        return "a drug"
    if said.numbers:
        return "a dose or another number"
    return "an order" if any(token.key in ORDERS for token in said.tokens) else ""
