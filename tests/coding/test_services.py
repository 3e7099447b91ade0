from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe import serial
from scribe.coding import cpt, doses, services, store
from scribe.coding.cpt import Cpt
from scribe.coding.hcpcs import Hcpcs
from scribe.config import CodingSettings, Config
from scribe.types import (
    CodeSuggestion,
    Encounter,
    Note,
    Role,
    Section,
    SectionGroup,
    SectionKind,
    Span,
    Statement,
)

DAY = date(2026, 5, 4)


@pytest.fixture(scope="session")
def hcpcs(code_tables: Path) -> Hcpcs:
    return Hcpcs(Config(coding=CodingSettings(folder=str(code_tables)))).on(DAY)


def note(*texts: str, kind: SectionKind = SectionKind.PLAN, role: Role | None = None) -> Note:
    statements = tuple(Statement(f"s{at}", text, heard=(Span(0, 1),), role=role) for at, text in enumerate(texts))
    return Note("n", Encounter("e"), (Section(kind, "", SectionGroup.PLAN, "", statements),))


def proposed(
    hcpcs: Hcpcs, *texts: str, kind: SectionKind = SectionKind.PLAN, role: Role | None = None
) -> list[CodeSuggestion]:
    return list(services.suggest(note(*texts, kind=kind, role=role), [hcpcs]).suggestions)


def brief(items: list[CodeSuggestion]) -> dict[str, float | None]:
    return {item.coding.code: item.units for item in items}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ketorolac 60 mg IM was given in the office.", {"J1885": 4.0}),
        ("She received Toradol 30 mg IM.", {"J1885": 2.0}),
        ("Toradol 20 mg IM given.", {"J1885": 2.0}),  # a part of a unit is a whole one
        ("Gave ceftriaxone 1 g IM.", {"J0696": 4.0}),
        ("Rocephin 500 mg IM administered, tolerated well.", {"J0696": 2.0}),
        ("Dexamethasone 10 mg IM given.", {"J1100": 10.0}),
        ("Vitamin B12 1,000 mcg IM given today.", {"J3420": 1.0}),
        ("Depo-Provera 150 mg IM administered.", {"J1050": 150.0}),
        ("Ondansetron 4 mg IV given.", {"J2405": 4.0}),
        ("Bicillin LA 1,200,000 units IM given.", {"J0561": 12.0}),
        ("Toradol IM given.", {"J1885": None}),  # no dose, no units
        ("Toradol 1 mL IM given.", {"J1885": None}),  # a volume says nothing of the dose
        ("The right knee was injected with triamcinolone 40 mg.", {"J3301": 4.0}),
        ("Kenalog 40 mg (1 mL) was injected into the left shoulder.", {"J3301": 4.0}),
        ("Flu shot given today.", {"G0008": 1.0}),
        ("Pneumonia vaccine administered in clinic.", {"G0009": 1.0}),
        ("Fitted with a walking boot.", {"L4387": 1.0}),
        ("An arm sling was provided.", {"A4565": 1.0}),
        ("Crutches dispensed.", {"E0114": 1.0}),
        ("EKG performed, sinus rhythm.", {"ecg": None}),
        ("Ear lavage was performed on the left.", {"earwax": None}),
        ("Shave biopsy of the lesion performed.", {"shave_biopsy": None}),
        ("Abscess was incised and drained.", {"drainage": None}),
        ("Tdap given.", {"tetanus": None}),
        ("Rapid strep test done.", {"strep_test": None}),
    ],
)
def test_what_was_done(hcpcs: Hcpcs, text: str, expected: dict[str, float | None]) -> None:
    assert brief(proposed(hcpcs, text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Will give ketorolac 60 mg IM.",
        "Plan for a flu shot at the next visit.",
        "Flu shot was offered and declined.",
        "Patient refused the flu shot.",
        "EKG ordered.",
        "Ordered a rapid strep test.",
        "Recommend ear lavage if drops fail.",
        "We discussed a steroid injection of the knee.",
        "Consider a joint injection.",
        "Prescribed ondansetron 4 mg.",
        "Ondansetron 4 mg ODT given.",  # swallowed, not injected
        "Benadryl 50 mg by mouth was given.",
        "Ketorolac 60 mg IM was given in the emergency department.",
        "Flu shot was given last month.",
        "Tdap given in 2019 at the hospital.",
        "No EKG was performed.",
        "EKG was not performed.",
        "Gets B12 1000 mcg IM monthly at home.",
        "Shave biopsy was scheduled.",
        "Referred for colposcopy.",
        "Sutures to be removed in ten days.",
        "Her mother was given a flu shot.",
        "She asks whether the flu shot was given.",
        "Toradol 60 mg IM was considered.",
        "Depo-Medrol 40 mg IM given.",  # CMS ended its code in 2024: no wrong code
        "Continue crutches.",
        "Walking boot was recommended.",
    ],
)
def test_what_was_not_done_here_and_now(hcpcs: Hcpcs, text: str) -> None:
    assert brief(proposed(hcpcs, text)) == {}


def test_what_the_patient_tells_is_not_proposed(hcpcs: Hcpcs) -> None:
    assert proposed(hcpcs, "A flu shot was given.", role=Role.PATIENT) == []


def test_history_counts_only_where_it_says_today(hcpcs: Hcpcs) -> None:
    assert proposed(hcpcs, "Flu shot given.", kind=SectionKind.IMMUNIZATIONS) == []
    assert brief(proposed(hcpcs, "Flu shot given today.", kind=SectionKind.IMMUNIZATIONS)) == {"G0008": 1.0}
    assert proposed(hcpcs, "Flu shot given today.", kind=SectionKind.FAMILY) == []


def test_one_clause_does_not_speak_for_another(hcpcs: Hcpcs) -> None:
    assert brief(proposed(hcpcs, "Flu shot given, and will order an EKG.")) == {"G0008": 1.0}


def test_a_code_that_ended_is_proposed_before_its_end(hcpcs: Hcpcs) -> None:
    found = proposed(hcpcs.on(date(2023, 5, 4)), "Depo-Medrol 40 mg IM given.")
    assert brief(found) == {"J1030": 1.0}


def test_every_suggestion_shows_its_words(hcpcs: Hcpcs) -> None:
    text = "Ketorolac 60 mg IM was given."
    (item,) = proposed(hcpcs, text)
    span = item.evidence[0].span
    assert text[span.start : span.end] == "Ketorolac"
    assert "units of 15 mg" in item.evidence[0].reason


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Cerumen removal performed on the left ear.", "LT"),
        ("Cerumen removal performed on the right ear.", "RT"),
        ("Bilateral cerumen removal performed.", "50"),
        ("Toradol 45 mg IM given, 15 mg wasted.", "JW"),
        ("Toradol 60 mg IM given with no waste.", "JZ"),
    ],
)
def test_modifier_hints(hcpcs: Hcpcs, text: str, code: str) -> None:
    (item,) = proposed(hcpcs, text)
    assert [modifier.code for modifier in item.modifiers] == [code]
    assert item.modifiers[0].evidence.reason


def test_no_side_where_two_are_named(hcpcs: Hcpcs) -> None:
    (item,) = proposed(hcpcs, "Cerumen removal performed on the right ear, the left ear was clear.")
    assert item.modifiers == ()


def test_a_visit_that_assessed_something_else(hcpcs: Hcpcs) -> None:
    made = note("Cerumen removal performed.")
    assessment = Section(
        SectionKind.ASSESSMENT, "", SectionGroup.ASSESSMENT, "", (Statement("a", "Hypertension.", heard=(Span(0, 1),)),)
    )
    both = Note("n", Encounter("e"), (assessment, *made.sections))
    (item,) = services.suggest(both, [hcpcs]).suggestions
    assert [modifier.code for modifier in item.modifiers] == ["25"]
    assert item.modifiers[0].evidence.statement_id == "a"


def test_the_users_own_table_gives_the_code(hcpcs: Hcpcs, tmp_path: Path) -> None:
    kept = store.Store(tmp_path)
    table = "QQBB1,Removal of impacted cerumen (invented)\nQQBB2,Routine electrocardiogram (invented)\n"
    assert cpt.import_file(kept, "own.csv", table.encode(), "2026", "confirmed", DAY) == 2
    system = Cpt(Config(coding=CodingSettings(folder=str(tmp_path)))).on(DAY)
    coded = services.suggest(note("Cerumen removal performed.", "EKG performed."), [hcpcs, system])
    assert brief(list(coded.suggestions)) == {"QQBB1": 1.0, "ecg": None}
    assert system.on(date(2020, 1, 1)).lookup("QQBB1") is None


def test_office_visits_by_their_descriptors(tmp_path: Path) -> None:
    table = (
        "QQAA1,Office visit of a new patient with straightforward decision making\n"
        "QQAA2,Office visit of an established patient with moderate decision making\n"
        "QQAA3,Hospital visit of an established patient with moderate decision making\n"
    )
    cpt.import_file(store.Store(tmp_path), "own.csv", table.encode(), "2026", "confirmed", DAY)
    system = Cpt(Config(coding=CodingSettings(folder=str(tmp_path)))).on(DAY)
    found = system.office_visit("established", "moderate")
    assert found is not None
    assert found.code == "QQAA2"
    assert system.office_visit("new", "high") is None


def test_units_and_modifiers_travel(hcpcs: Hcpcs) -> None:
    coded = services.suggest(note("Toradol 45 mg IM given, 15 mg wasted."), [hcpcs])
    assert serial.loads(serial.dumps(coded), Note) == coded


@given(st.integers(1, 100_000), st.integers(1, 1000))
def test_units_cover_the_dose_and_no_more(amount: int, per: int) -> None:
    found = doses.units(doses.Dose(amount, "mg"), per, "mg")
    assert found is not None
    assert (found - 1) * per < amount <= found * per
    assert doses.units(doses.Dose(amount / 1000, "g"), per, "mg") == found
