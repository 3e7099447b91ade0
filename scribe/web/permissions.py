"""Who may do what: the one table of permissions. Each route names one of them with `identity.require`.

Least privilege: a role has what its work needs. Which encounters somebody may open at all is another question, answered
by `scribe.store`: an encounter that is not theirs does not exist for them (404), whatever their role.
"""

from __future__ import annotations

from collections.abc import Iterable

from scribe.store.actor import Actor, StaffRole

ANYONE = "anyone"  # before anybody has signed in
PHYSICIAN, TRANSCRIPTIONIST, QA = StaffRole.PHYSICIAN, StaffRole.TRANSCRIPTIONIST, StaffRole.QA
CODER, ADMIN, AUDITOR = StaffRole.CODER, StaffRole.ADMIN, StaffRole.AUDITOR

PERMISSIONS: dict[str, frozenset[StaffRole]] = {
    name: frozenset(roles)
    for name, roles in {
        "encounter:list": (PHYSICIAN, TRANSCRIPTIONIST, QA, CODER),  # the worklist, search, states
        "encounter:read": (PHYSICIAN, TRANSCRIPTIONIST, QA, CODER),
        "encounter:create": (PHYSICIAN, TRANSCRIPTIONIST),
        "encounter:edit": (PHYSICIAN, TRANSCRIPTIONIST, QA),  # patient reference, kind of visit, STAT or routine
        "encounter:claim": (PHYSICIAN, TRANSCRIPTIONIST, QA, CODER),  # and release
        "encounter:state": (PHYSICIAN, TRANSCRIPTIONIST, QA),  # hand on: to QA, to signature, back
        "recording:create": (PHYSICIAN, TRANSCRIPTIONIST),  # record and upload
        "recording:read": (PHYSICIAN, TRANSCRIPTIONIST, QA, CODER),  # listen
        "transcript:read": (PHYSICIAN, TRANSCRIPTIONIST, QA, CODER),
        "transcript:edit": (PHYSICIAN, TRANSCRIPTIONIST, QA),
        "note:read": (PHYSICIAN, TRANSCRIPTIONIST, QA, CODER),
        "note:edit": (PHYSICIAN, TRANSCRIPTIONIST, QA),  # and redraft, template
        "note:sign": (PHYSICIAN,),
        "note:amend": (PHYSICIAN,),  # addenda and amendments
        "code:read": (PHYSICIAN, TRANSCRIPTIONIST, QA, CODER),
        "code:decide": (PHYSICIAN, CODER),
        "query:read": (PHYSICIAN, TRANSCRIPTIONIST, QA, CODER),
        "query:ask": (TRANSCRIPTIONIST, QA, CODER),
        "query:answer": (PHYSICIAN,),
        "comment:read": (PHYSICIAN, TRANSCRIPTIONIST, QA, CODER),
        "comment:write": (PHYSICIAN, TRANSCRIPTIONIST, QA, CODER),
        "document:export": (PHYSICIAN, TRANSCRIPTIONIST, QA, CODER),
        "vocabulary:edit": (PHYSICIAN, TRANSCRIPTIONIST, QA),
        "statistics:read": (PHYSICIAN, TRANSCRIPTIONIST, QA, ADMIN),  # figures without patient text
        "emergency:access": (PHYSICIAN,),  # break the glass, with a reason
        "job:read": (PHYSICIAN, TRANSCRIPTIONIST, QA, ADMIN),
        "job:retry": (PHYSICIAN, TRANSCRIPTIONIST, ADMIN),
        "user:manage": (ADMIN,),
        "token:manage": (ADMIN,),
        "audit:read": (AUDITOR,),
        "self": tuple(StaffRole),  # own session, password, second factor
        ANYONE: tuple(StaffRole),  # signing in
    }.items()
}


def allowed(actor: Actor, permission: str) -> bool:
    """May the actor do that. Raises KeyError for a permission that the table lacks."""
    roles = PERMISSIONS[permission]
    within = actor.scopes is None or permission in actor.scopes
    return permission == ANYONE or (within and bool(actor.roles & roles))


def granted(roles: Iterable[StaffRole]) -> tuple[str, ...]:
    """All permissions of some roles, in the order of the table."""
    mine = frozenset(roles)
    return tuple(name for name, holders in PERMISSIONS.items() if holders & mine)
