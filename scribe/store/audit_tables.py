"""The tables of the audit trail. Triggers of their migration refuse every change of a row that is written."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from scribe.store.tables import metadata

audit = Table(
    "audit",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),  # 1, 2, 3, ...
    Column("at", String(32), nullable=False),  # UTC, ISO 8601 with microseconds: the very text that the MAC covers
    Column("actor", String(40), nullable=False),
    Column("name", Text, nullable=False),  # of the actor, as it was then
    Column("role", String(120), nullable=False),
    Column("action", String(60), nullable=False),
    Column("object", Text, nullable=False),
    Column("encounter", String(40), nullable=False),  # empty: none
    Column("patient", String(32), nullable=False),  # an opaque reference; empty: none
    Column("outcome", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("prev_mac", String(64), nullable=False),
    Column("mac", String(64), nullable=False),
    Index("ix_audit_encounter", "encounter"),
    Index("ix_audit_patient", "patient"),
    Index("ix_audit_actor", "actor"),
    Index("ix_audit_action", "action"),
)

audit_state = Table(
    "audit_state",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # always 1
    Column("seq", BigInteger, nullable=False),  # of the last row
    Column("mac", String(64), nullable=False),  # of the last row
    Column("at", String(32), nullable=False),  # of the last row
    Column("next_key", Text, nullable=False),  # of the row to come; earlier keys are gone
    Column("pseudonym_key", Text, nullable=False),  # names patients without naming them
)
