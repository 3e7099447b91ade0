from __future__ import annotations

from datetime import date

import pytest

from scribe.coding import releases
from scribe.errors import AssetError, InputError
from scribe.plugins import Release


def release(name: str) -> Release:
    return Release("icd10cm", *releases.fiscal_of(name), "public domain", "test")


@pytest.mark.parametrize(
    ("written", "name", "first", "last"),
    [
        ("2027", "2026-10", date(2026, 10, 1), date(2027, 9, 30)),
        ("2026-10", "2026-10", date(2026, 10, 1), date(2027, 9, 30)),
        ("2026-04", "2026-04", date(2026, 4, 1), date(2026, 9, 30)),
    ],
)
def test_a_release_is_named_by_its_fiscal_year_or_its_month(written: str, name: str, first: date, last: date) -> None:
    assert releases.fiscal_of(written) == (name, first, last)


@pytest.mark.parametrize("written", ["", "FY27", "2026-13", "1999", "2026-4", "nonsense"])
def test_what_names_no_release(written: str) -> None:
    with pytest.raises(InputError, match="names no release"):
        releases.fiscal_of(written)


KNOWN = [release("2025-10"), release("2026-04")]


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2025, 10, 1), "2025-10"),
        (date(2026, 3, 31), "2025-10"),
        (date(2026, 4, 1), "2026-04"),
        (date(2026, 9, 30), "2026-04"),
    ],
)
def test_the_update_of_april_follows_the_release_of_october(day: date, name: str) -> None:
    found = releases.chosen(KNOWN, "icd10cm", day, accept_ended=False)
    assert (found.name, releases.warning(found, day)) == (name, None)


def test_a_day_after_every_release_is_served_with_a_warning_or_refused() -> None:
    day = date(2026, 10, 1)
    found = releases.chosen(KNOWN, "icd10cm", day, accept_ended=True)
    assert found.name == "2026-04"
    assert "until 2026-09-30, this one is of 2026-10-01" in (releases.warning(found, day) or "")
    with pytest.raises(AssetError, match=r"no icd10cm release is for services of 2026-10-01.*scribe codes import"):
        releases.chosen(KNOWN, "icd10cm", day, accept_ended=False)


@pytest.mark.parametrize("accept", [True, False])
def test_a_day_before_every_release_is_refused(accept: bool) -> None:
    with pytest.raises(AssetError, match=r"2025-10 \(2025-10-01 to 2026-09-30\)"):
        releases.chosen(KNOWN, "icd10cm", date(2025, 9, 30), accept_ended=accept)


def test_the_date_of_service() -> None:
    assert releases.day_of("2026-05-04") == date(2026, 5, 4)
    began = date.today()
    assert began <= releases.day_of(None) <= date.today()
    with pytest.raises(InputError, match="is no date"):
        releases.day_of("05/04/2026")
