"""Which findings can have which attributes."""

from __future__ import annotations

from scribe.clinical.attributes import BELONGS
from scribe.clinical.talk import Mention
from scribe.types import AttributeKind, Basis, Time

A = AttributeKind


def takes(mention: Mention, kind: AttributeKind) -> bool:
    """Whether a mention can have an attribute of this kind."""
    if mention.kind not in BELONGS.get(kind, ()):
        return False
    ahead = mention.claims.time in (Time.PLANNED, Time.CONDITIONAL) or mention.claims.basis in (
        Basis.OFFERED,
        Basis.WANTED,
    )
    if kind in (A.ACTION, A.WHEN):
        return ahead
    if kind in (A.DATE, A.STATUS):
        return not ahead or (kind is A.STATUS and mention.claims.basis is Basis.WANTED)
    return True
