"""What a statement claims about something that it names, and what a person decided about the statement."""

from __future__ import annotations

from scribe.clinical.mentions import Mentions
from scribe.types import Claims, Span, Statement


def claims_of(statement: Statement, mentions: Mentions, span: Span) -> Claims:
    """The claims about the mention at `span`. The label of the statement counts only where a person gave it."""
    return mentions.decided(span, statement.assertion) if statement.author else mentions.claims(span)
