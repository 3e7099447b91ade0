"""Why a statement stands in the note, as the API tells it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from scribe.clinical.explanation import Quoted, StatementExplained
from scribe.types import CodeSuggestion
from scribe.web.present.transcript import interval


def why(found: StatementExplained, suggestions: Iterable[CodeSuggestion]) -> dict[str, Any]:
    """As `WhyOut`; `suggestions` are the candidate codes of the note."""
    return {
        "statement_id": found.statement.id,
        "rule": found.rule,
        "file": found.file,
        "findings": [
            {
                "id": item.finding.id,
                "kind": item.finding.kind,
                "concept": item.finding.concept,
                "claims": list(item.claims),
                "said": [_quoted(words) for words in item.said],
                "reasons": [
                    {"what": one.what, "words": _quoted(one.words), "source": one.source} for one in item.reasons
                ],
            }
            for item in found.findings
        ],
        "codes": [
            {
                "system": suggestion.coding.system,
                "code": suggestion.coding.code,
                "display": suggestion.coding.display,
                "rule": evidence.rule,
                "words": found.statement.text[evidence.span.start : evidence.span.end],
                "finding": evidence.finding or None,
            }
            for suggestion in suggestions
            for evidence in suggestion.evidence
            if evidence.statement_id == found.statement.id
        ],
    }


def _quoted(words: Quoted) -> dict[str, Any]:
    return {"text": words.text, "interval": interval(words.seconds) if words.seconds is not None else None}
