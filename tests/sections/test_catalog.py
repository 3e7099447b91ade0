from __future__ import annotations

import re
from itertools import pairwise

from scribe.sections.catalog import BY_KIND, CATALOG, HEADINGS, MTS_GROUPS, MTS_HEADERS
from scribe.types import SectionGroup, SectionKind


def test_every_kind_has_one_entry() -> None:
    assert [entry.kind for entry in CATALOG] == list(dict.fromkeys(entry.kind for entry in CATALOG))
    assert set(BY_KIND) == set(SectionKind)


def test_loinc_codes_have_a_right_check_digit_and_are_used_once() -> None:
    """LOINC check digits follow Luhn's rule (mod 10), as in the LOINC Users' Guide, appendix C."""
    codes = [entry.loinc for entry in CATALOG]
    assert len(set(codes)) == len(codes)
    for code in codes:
        number, check = re.fullmatch(r"(\d+)-(\d)", code).groups()  # type: ignore[union-attr]
        doubled = sum(sum(divmod(int(digit) * (2 - at % 2), 10)) for at, digit in enumerate(reversed(number)))
        assert (10 - doubled % 10) % 10 == int(check), code


def test_groups_follow_one_another_as_a_note_is_read() -> None:
    groups = list(dict.fromkeys(entry.group for entry in CATALOG))
    assert groups == [SectionGroup.HISTORY, SectionGroup.EXAM, SectionGroup.ASSESSMENT, SectionGroup.PLAN]
    assert sum(a.group is not b.group for a, b in pairwise(CATALOG)) == 3


def test_headings_are_lower_case_and_name_one_section() -> None:
    listed = [heading for entry in CATALOG for heading in entry.headings]
    assert len(set(listed)) == len(listed)
    assert all(heading == heading.lower() for heading in HEADINGS)


def test_the_twenty_headers_have_kinds_and_groups() -> None:
    assert len(MTS_HEADERS) == 20
    assert MTS_HEADERS["GENHX"] is SectionKind.HPI
    assert MTS_GROUPS["DIAGNOSIS"] is SectionGroup.ASSESSMENT
    assert MTS_GROUPS["LABS"] is SectionGroup.EXAM
    assert MTS_GROUPS["EDCOURSE"] is SectionGroup.PLAN
