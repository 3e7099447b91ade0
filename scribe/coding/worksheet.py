"""The worksheet of an office visit: the grid of medical decision making with the words of the note in each cell.

Two of the three columns set the level (AMA, office and other outpatient services, since 2021). Levels have names here;
a code appears only from a table that the user has imported. The worksheet says what the note shows, never what to add.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from scribe.coding import mdm_data, mdm_problems, mdm_risk
from scribe.coding.mdm_problems import Find
from scribe.coding.reading import Cues, Line, compiled, table
from scribe.types import (
    Component,
    Level,
    Note,
    PatientStatus,
    Problem,
    Quote,
    Role,
    Span,
    StatedTime,
    Worksheet,
)

EXAMINATION = ("Z00", "Z01.4")  # a preventive service, whose level is not set this way
EARLIER = "a result of a test that was ordered at an earlier visit here counted at that visit"
PREVENTIVE = "the visit is an examination as such: the grid is about what was done for problems besides"
MOST_MINUTES = 240


def fill_in(note: Note, problems: Sequence[Problem], lines: Sequence[Line], find: Find) -> Worksheet | None:
    """The worksheet of a coded note, None where no problem was addressed or the note is of another kind of service.

    `find` names the conditions of a text, whatever it claims about them; it serves to see what was called possible.
    """
    if any(_elsewhere().search(line.text) for line in lines):
        return None
    displays = {item.coding.code: item.coding.display for item in note.suggestions}
    addressed = tuple(mdm_problems.elements(problems, lines, displays, find))
    if not addressed:
        return None
    data, risk = tuple(mdm_data.elements(lines)), tuple(mdm_risk.elements(lines))
    columns = {
        Component.PROBLEMS: mdm_problems.level(addressed),
        Component.DATA: mdm_data.level(data),
        Component.RISK: mdm_risk.level(risk),
    }
    level = sorted(columns.values(), key=lambda item: item.rank)[1]  # two of the three are at least this high
    patient, patient_quote = _patient(lines)
    time = _stated_time(lines)
    by_new, by_established = (_level_by(time, status) for status in ("new", "established"))
    by_time = {PatientStatus.NEW: by_new, PatientStatus.ESTABLISHED: by_established}.get(
        patient, by_new if by_new is by_established else None
    )
    cautions = [EARLIER] if any(item.kind == "test-reviewed" for item in data) else []
    if any(item.coding.code.startswith(EXAMINATION) for item in note.suggestions):
        cautions.append(PREVENTIVE)
    if time and patient is PatientStatus.NOT_STATED and by_new is not by_established:
        cautions.append(f"the time stated meets {_named(by_new)} (new patient), {_named(by_established)} (established)")
    return Worksheet(
        elements=addressed + data + risk,
        problems=columns[Component.PROBLEMS],
        data=columns[Component.DATA],
        risk=columns[Component.RISK],
        level=level,
        service=service(level, patient),
        patient=patient,
        patient_quote=patient_quote,
        time=time,
        time_level=by_time,
        next_level=_not_shown(level, columns),
        cautions=tuple(cautions),
    )


def service(level: Level, patient: PatientStatus) -> str:
    """The name of the service: "office visit, established, moderate"."""
    if patient is PatientStatus.NOT_STATED:
        return f"office visit, {level} (new or established: not stated)"
    return f"office visit, {patient}, {level}"


def _named(level: Level | None) -> str:
    return level or "no level"


def _not_shown(level: Level, columns: dict[Component, Level]) -> tuple[str, ...]:
    """What the next level asks for and the note does not show; empty at the highest level."""
    if level is Level.HIGH:
        return ()
    above = tuple(Level)[level.rank + 1]
    asks = table("worksheet")["asks"][above]
    return tuple(f"{column} at {above}: {asks[column]}" for column, has in columns.items() if has.rank < above.rank)


def _stated_time(lines: Sequence[Line]) -> StatedTime | None:
    """The total time, where the clinician states it; the last statement counts."""
    found = None
    for line in lines:
        if line.statement.role in (Role.PATIENT, Role.OTHER):
            continue
        for pattern in _time_patterns():
            match = pattern.search(line.text)
            if match and line.affirms(Span(*match.span())) and int(match["minutes"]) <= MOST_MINUTES:
                found = StatedTime(int(match["minutes"]), line.quote(Span(*match.span())))
                break
    return found


def _level_by(time: StatedTime | None, patient: str) -> Level | None:
    if time is None:
        return None
    least = table("worksheet")["minutes"][patient]
    return next((level for level in reversed(Level) if time.minutes >= least[level]), None)


def _patient(lines: Sequence[Line]) -> tuple[PatientStatus, Quote | None]:
    """New or established, where the note says so."""
    for status in (PatientStatus.NEW, PatientStatus.ESTABLISHED):
        for line in lines:
            span = _patient_cues().first(line.text, status.value)
            if span and line.affirms(span):
                return status, line.quote(span)
    return PatientStatus.NOT_STATED, None


@cache
def _patient_cues() -> Cues:
    return Cues(table("worksheet")["patient"])


@cache
def _elsewhere() -> re.Pattern[str]:
    return compiled(table("worksheet")["elsewhere"])


@cache
def _time_patterns() -> tuple[re.Pattern[str], ...]:
    return tuple(compiled([pattern]) for pattern in table("worksheet")["time"])
