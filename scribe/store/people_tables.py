"""The tables of people, their sessions, browsers and tokens, and of failed sign-ins."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Float, ForeignKey, String, Table, Text

from scribe.store.tables import Moment, metadata

person = Table(
    "person",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("login", String(120), nullable=False, unique=True),  # as `people.comparable_login` makes it
    Column("name", String(200), nullable=False),
    Column("roles", String(120), nullable=False),  # "coder+qa"
    Column("state", String(12), nullable=False),
    Column("password", Text, nullable=False),  # argon2id; empty: none, signs in elsewhere
    Column("must_change", Boolean, nullable=False),  # the password was chosen by somebody else
    Column("totp", Text, nullable=False),  # secret of the second factor, sealed where there is a key; empty: none
    Column("totp_step", BigInteger, nullable=False),  # the last time step that was used; each counts once
    Column("recovery", Text, nullable=False),  # JSON: hashes of codes that are left
    Column("subject", String(255), unique=True),  # who they are for the identity provider
    Column("created_at", Moment, nullable=False),
    Column("signed_in_at", Moment),
)

session = Table(
    "session",
    metadata,
    Column("id", String(64), primary_key=True),  # SHA-256 of the cookie
    Column("person_id", String(40), ForeignKey("person.id"), nullable=False, index=True),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),  # when the person last did something
    Column("ends_at", Moment, nullable=False),
    Column("locked", Boolean, nullable=False),
    Column("address", String(64), nullable=False),
)

token = Table(
    "token",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("fingerprint", String(64), nullable=False, unique=True),  # SHA-256 of the token
    Column("person_id", String(40), ForeignKey("person.id"), nullable=False, index=True),  # for whom it acts
    Column("name", String(120), nullable=False),
    Column("scopes", Text, nullable=False),  # permissions, separated by spaces
    Column("created_at", Moment, nullable=False),
    Column("created_by", String(40), nullable=False),
    Column("ends_at", Moment, nullable=False),
    Column("used_at", Moment),
    Column("revoked_at", Moment),
)

attempt = Table(
    "attempt",  # failed sign-ins, see `attempts`
    metadata,
    Column("key", String(64), primary_key=True),  # SHA-256 of what is counted
    Column("kind", String(12), nullable=False),
    Column("person_id", String(40)),  # whose account it is; none: nobody's, or this counts an address
    Column("address", String(64)),
    Column("failures", Float, nullable=False),  # as of `last_at`; they fade
    Column("last_at", Moment, nullable=False, index=True),
    Column("blocked_until", Moment),
)

device = Table(
    "device",  # browsers that an account knows
    metadata,
    Column("id", String(64), primary_key=True),  # SHA-256 of the cookie
    Column("person_id", String(40), ForeignKey("person.id"), primary_key=True, index=True),
    Column("created_at", Moment, nullable=False),
    Column("used_at", Moment, nullable=False),
    Column("address", String(64), nullable=False),
)
