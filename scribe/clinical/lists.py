"""The lists of words that patterns name in braces: `{person}`, `{count}`, `{unit}`."""

from __future__ import annotations

from functools import cache

from scribe.clinical import people
from scribe.clinical.number_words import expanded

MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
DAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
SMALL = expanded("{number:1-99}")
BODY = (
    "head|face|eye|ear|ear drum|nose|throat|neck|shoulder|arm|elbow|wrist|hand|finger|thumb|chest|breast|back|belly|"
    "stomach|abdomen|flank|side|groin|hip|leg|thigh|knee|calf|shin|ankle|foot|heel|toe|lung|kidney|jaw|cheek|temple"
)


@cache
def lists() -> dict[str, str]:
    """The regular expression of each list, over `Text.line`."""
    number = rf"(?:\d\S*|an?|{SMALL}|several|many|some) "
    few = rf"(?:{number}|a few |few |a couple of |couple of |half a )(?:plus |more )?"
    date = rf"(?:back )?in (?:(?:{MONTHS}) )?(?:19|20)\d\d |(?:back )?in \d\S* / (?:\d\S* / )?(?:19|20)\d\d "
    plural = "|".join(f"{part}s" for part in BODY.split("|") if part not in ("foot", "calf")) + "|feet|calves"
    return {
        "person": people.expression(),
        "years_ago": rf"{few}(?:years?|yrs|decades?) ago |years ago |{date}",
        "some_time_ago": rf"half a year ago |{few}(?:days?|weeks?|months?|summers?|winters?) ago ",
        "count": few,
        "number": rf"(?:\d\S*|{SMALL}) ",
        "unit": "(?:minutes?|hours?|days?|nights?|weeks?|months?|years?|yrs|decades?) ",
        "body": rf"(?:{BODY}|{plural}) ",
        "day": rf"(?:{DAYS}) ",
        "month": rf"(?:{MONTHS}) ",
        "year": r"(?:19|20)\d\d ",
    }
