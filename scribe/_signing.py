"""What makes a draft a record: signatures and addenda.

A part of `types.py`, which offers every name here. Standard library only; words of the note stay out of reprs.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Signature:
    """A person stands for the note as it was then.

    `sha256` is `serial.content_sha256` of what was signed: whoever has the note can see whether it is still that.
    """

    author: str  # as it is printed under the note: "Ada Okonkwo, MD"
    at: str  # ISO 8601, UTC
    attestation: str  # the sentence that the author agreed to
    sha256: str  # 64 hexadecimal digits


@dataclass(frozen=True, slots=True)
class Addendum:
    """What was added below a signed note, which itself stays as it was.

    Its signature covers the note and the addenda before it, too.
    """

    text: str = field(repr=False)
    signature: Signature
