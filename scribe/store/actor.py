"""Who acts: a person or a machine, and what they are here for. Every read and change of the store names an actor."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class StaffRole(StrEnum):
    """What a person is here for. What each may do is one table, `scribe/web/permissions.py`."""

    PHYSICIAN = "physician"
    TRANSCRIPTIONIST = "transcriptionist"
    QA = "qa"  # reads corrected drafts again before they go to the physician
    CODER = "coder"
    ADMIN = "admin"  # people, tokens and jobs; no patient data
    AUDITOR = "auditor"  # the audit trail; no patient data


CLINICAL = frozenset({StaffRole.PHYSICIAN, StaffRole.TRANSCRIPTIONIST, StaffRole.QA, StaffRole.CODER})


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. `scopes` narrows a machine token to some permissions; None: all that the roles give."""

    user_id: str  # random; "me" in single-user mode, "system" for the worker and the command line
    name: str = field(repr=False)
    roles: frozenset[StaffRole]
    session_id: str = ""  # of a signed-in person; a token's id for a machine
    scopes: frozenset[str] | None = None

    @property
    def role(self) -> str:
        """The roles as the audit trail writes them, e.g. "coder+qa"."""
        if len(self.roles) == len(StaffRole):
            return "all"
        return "+".join(sorted(self.roles)) or "none"


ME = Actor("me", "Me", frozenset(StaffRole))  # single-user mode: whoever sits at this machine
SYSTEM = Actor("system", "scribe", frozenset(StaffRole))  # the worker and the command line
NOBODY = Actor("nobody", "Nobody", frozenset())  # somebody who has not signed in
