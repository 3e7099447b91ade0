"""Things that a visit tells, made of a few words: `Told` without a transcript."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from scribe.sections.realisation.told import Told
from scribe.types import AttributeKind, Claims, Finding, FindingKind, Role, Span

Making = Callable[..., Told]


@pytest.fixture
def thing() -> Making:
    """`thing("symptom", "cough", side="left", claims=Claims(...))`: one thing, told by the patient."""

    def made(
        kind: str,
        concept: str,
        *,
        heard: str = "",
        claims: Claims | None = None,
        role: Role = Role.PATIENT,
        **attributes: str | list[str],
    ) -> Told:
        told = tuple(
            (AttributeKind(name.replace("_", "-")), text, Span(5 + at, 6 + at))
            for at, (name, texts) in enumerate(attributes.items())
            for text in ([texts] if isinstance(texts, str) else texts)
        )
        words = heard or concept
        finding = Finding("f1", FindingKind(kind), concept, claims or Claims(), (Span(0, len(words)),))
        return Told((finding,), words, role, (words,), told, (told,), role is not Role.CLINICIAN)

    return made
