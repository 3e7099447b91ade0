"""Which edition of a code system is for which day of service, and what to say where none is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from scribe.errors import AssetError, InputError
from scribe.plugins import Release

FISCAL_YEAR_BEGINS = 10  # ICD-10-CM changes on 1 October, with an update on 1 April (45 CFR 162.1002)
HOW_TO_IMPORT = "import the table of that time with `scribe codes import {system} FILES`"


def fiscal(year: int, month: int = FISCAL_YEAR_BEGINS) -> tuple[str, date, date]:
    """Name and days of the release of fiscal year `year` that began in `month`: (2026, 4) is "2026-04"."""
    began = date(year - 1 if month >= FISCAL_YEAR_BEGINS else year, month, 1)
    return f"{began:%Y-%m}", began, date(year, FISCAL_YEAR_BEGINS - 1, 30)


def fiscal_of(name: str) -> tuple[str, date, date]:
    """The same from what a person writes: "2027" for the fiscal year, or "2026-10" for the month it began.

    Raises InputError where it is neither.
    """
    found = re.fullmatch(r"(20\d\d)(?:-(0[1-9]|1[0-2]))?", name)
    if not found:
        raise InputError(f"{name!r} names no release: write the fiscal year (2027), or the month it began (2026-10)")
    year, month = int(found[1]), int(found[2] or FISCAL_YEAR_BEGINS)
    return fiscal(year + 1 if found[2] and month >= FISCAL_YEAR_BEGINS else year, month)


def chosen(releases: Iterable[Release], system: str, day: date, *, accept_ended: bool) -> Release:
    """The newest release for `day`; where all have ended by then, the newest of all, if that is accepted.

    Raises AssetError, which names the releases there are, where none can be used: codes of another time may not
    have existed on that day.
    """
    known = sorted(releases, key=lambda release: release.first)
    covering = [release for release in known if release.covers(day)]
    if covering:
        return covering[-1]
    newest = max(known, key=lambda release: (release.last, release.first), default=None)
    if newest and newest.last < day and accept_ended:
        return newest
    have = ", ".join(f"{item.name} ({item.first} to {item.last})" for item in known) or "none"
    how = HOW_TO_IMPORT.format(system=system)
    raise AssetError(f"no {system} release is for services of {day}: there is {have}; {how}")


def warning(release: Release, day: date) -> str | None:
    """What to tell whoever reads codes of a release that is not for `day`; None where it is."""
    if release.covers(day):
        return None
    return (
        f"the {release.system} release {release.name} was for services until {release.last}, this one is of {day}: "
        f"codes may have changed since; {HOW_TO_IMPORT.format(system=release.system)}"
    )


def day_of(text: str | None) -> date:
    """A date of service (ISO 8601), today where there is none. Raises InputError where it is no date."""
    if not text:
        return date.today()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"the date of service {text!r} is no date: write it as 2026-04-30") from error
