"""The worksheet of an office visit: each column, the level of two of three, time, and what it never says."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from scribe.coding import investigations, medicines
from scribe.coding.reading import table
from scribe.types import Component, Level, Note, PatientStatus, Worksheet

Documented = Callable[[str], Note]
S, L, M, H = Level

# problems column: lines of a note, the kinds found
PROBLEMS: list[tuple[str, list[str], Level]] = [
    ("assessment: Common cold.", ["self-limited"], S),
    ("assessment: Wart of the finger.\nassessment: Common cold.", ["self-limited", "self-limited"], L),
    ("assessment: Strep throat.", ["acute-uncomplicated"], L),
    ("assessment: Ankle sprain, right.", ["acute-uncomplicated"], L),
    ("assessment: Hypertension, well controlled.", ["chronic-stable"], L),
    ("assessment: Gout.", ["chronic"], L),
    (
        "assessment: Hypertension, at goal.\nassessment: Hypothyroidism, stable.",
        ["chronic-stable", "chronic-stable"],
        M,
    ),
    ("assessment: Hypertension is not well controlled.", ["chronic-worse"], M),
    ("assessment: Type 2 diabetes, above goal.", ["chronic-worse"], M),
    ("assessment: COPD exacerbation.", ["chronic-worse"], M),
    ("assessment: Asthma, no recent exacerbation.", ["chronic-stable"], L),
    ("assessment: Gout; it flared earlier this year.", ["chronic"], L),
    ("assessment: Rheumatoid arthritis with severe flare.", ["chronic-severe"], H),
    ("assessment: Community-acquired pneumonia.", ["acute-systemic"], M),
    ("assessment: Acute pyelonephritis.", ["acute-systemic"], M),
    ("assessment: Breast lump, left.", ["undiagnosed"], M),
    ("assessment: Fatigue, possible lymphoma.", ["undiagnosed"], M),
    ("assessment: Knee pain.", ["acute-uncomplicated"], L),
    ("assessment: Pulmonary embolism.", ["threat"], H),
    ("assessment: Chronic low back pain, stable.", ["chronic-stable"], L),
    ("pmh: Hypertension.\nassessment: Strep throat.", ["acute-uncomplicated"], L),  # listed, not addressed
]


@pytest.mark.parametrize(("text", "kinds", "level"), PROBLEMS)
def test_problems_addressed(documented: Documented, text: str, kinds: list[str], level: Level) -> None:
    sheet = worksheet(documented(text))
    assert [item.kind for item in sheet.of(Component.PROBLEMS)] == kinds
    assert sheet.problems is level


ORDERED, REVIEWED = "test-ordered", "test-reviewed"
INDEPENDENT = "I personally reviewed the EKG tracing"
DATA: list[tuple[str, list[tuple[str, str]], Level]] = [
    ("plan: Check a CBC.", [(ORDERED, "blood count")], S),
    ("plan: Check a CBC and LFTs.", [(ORDERED, "blood count"), (ORDERED, "liver panel")], L),
    (
        "plan: Order a lipid panel, a CMP, and an EKG.",
        [(ORDERED, "lipid panel"), (ORDERED, "metabolic panel"), (ORDERED, "electrocardiogram")],
        M,
    ),
    ("results: LDL 140, HDL 40, triglycerides 200.", [(REVIEWED, "lipid panel")], S),  # one panel, one test
    ("results: A1c was 7.8.\nplan: Repeat A1c in three months.", [(ORDERED, "hemoglobin A1c")], S),
    (
        "plan: X-ray of the left knee.\nplan: X-ray of the right knee.",
        [(ORDERED, "x-ray of left knee"), (ORDERED, "x-ray of right knee")],
        L,
    ),
    ("plan: She declined a mammogram.", [], S),
    ("plan: If the pain persists we will get an MRI.", [], S),
    ("plan: No x-ray is needed.", [], S),
    ("hpi: patient> I had an MRI of my back.", [], S),
    ("hpi: The history was obtained from his mother.", [("historian", "history was obtained from his mother")], L),
    ("hpi: His mother brought him in.", [], S),
    (f"plan: {INDEPENDENT}.", [(REVIEWED, "electrocardiogram"), ("interpretation", INDEPENDENT)], M),
    ("plan: I discussed the case with Dr. Okafor.", [("discussion", "I discussed the case with Dr. Okafor")], M),
    ("plan: Discussed the plan with the patient.", [], S),
    ("results: Chest x-ray shows no infiltrate.\nplan: The x-ray was reviewed.", [(REVIEWED, "chest x-ray")], S),
    ("hpi: The patient called his primary care physician.", [], S),
    (
        "plan: A urinalysis and a urine culture will also be ordered.",
        [(ORDERED, "urinalysis"), (ORDERED, "urine culture")],
        L,
    ),
    (
        f"plan: {INDEPENDENT}.\nplan: Spoke with cardiology.",
        [(REVIEWED, "electrocardiogram"), ("interpretation", INDEPENDENT), ("discussion", "Spoke with cardiology")],
        H,
    ),
    (
        "plan: Reviewed the discharge summary from Mercy Hospital.",
        [("external-note", "Reviewed the discharge summary from Mercy Hospital")],
        S,
    ),
]


@pytest.mark.parametrize(("text", "found", "level"), DATA)
def test_data(documented: Documented, text: str, found: list[tuple[str, str]], level: Level) -> None:
    sheet = worksheet(documented(f"assessment: Gout.\n{text}"))
    assert [(item.kind, item.what) for item in sheet.of(Component.DATA)] == found
    assert sheet.data is level


RISK: list[tuple[str, list[str], Level]] = [
    ("plan: Rest and fluids.", [], S),
    ("plan: Use Tylenol 500 mg as needed.", ["over-the-counter"], L),
    ("plan: Refer to physical therapy.", ["therapy"], L),
    ("plan: Start ibuprofen 800 mg three times a day.", ["prescription"], M),
    ("plan: Continue lisinopril 10 mg daily.", ["prescription"], M),
    ("plan: Stop the amlodipine.", ["prescription"], M),
    ("plan: Refill her medications.", ["prescription"], M),
    ("assessment: She takes metformin as prescribed.", [], S),
    ("plan: No antibiotics are needed.", [], S),
    ("plan: If it gets worse, start amoxicillin.", [], S),
    ("meds: Lisinopril 10 mg daily.", [], S),  # a list decides nothing
    ("hpi: patient> I take lisinopril 10 mg daily.", [], S),
    ("plan: Continue methotrexate, check LFTs and CBC every 8 weeks.", ["toxicity", "prescription"], H),
    ("plan: Continue methotrexate 15 mg weekly.", ["prescription"], M),
    ("hpi: She skips doses because she cannot afford the insulin.", ["social"], M),
    ("social: Unemployed.", [], S),
    ("plan: Schedule total knee arthroplasty.", ["major-surgery"], M),
    ("plan: He elected to have surgery.", ["major-surgery"], M),
    ("plan: Surgery was discussed, I recommend rest.", [], S),
    ("plan: Proceed with skin biopsy today.", ["minor-procedure"], L),
    ("plan: Admit to the hospital.", ["hospital"], H),
    ("plan: Follow up after her recent hospitalization.", [], S),
    ("plan: She admits to drinking.", [], S),
    ("plan: DNR order signed.", ["resuscitation"], H),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kinds", "level"), RISK)
def test_risk(documented: Documented, text: str, kinds: list[str], level: Level) -> None:
    sheet = worksheet(documented(f"assessment: Gout.\n{text}"))
    assert [item.kind for item in sheet.of(Component.RISK)] == kinds
    assert sheet.risk is level


def test_two_of_three_columns_set_the_level(documented: Documented) -> None:
    sheet = worksheet(
        documented("assessment: Hypertension is not well controlled.\nplan: Increase lisinopril to 20 mg.")
    )
    assert (sheet.problems, sheet.data, sheet.risk, sheet.level) == (M, S, M, M)
    assert sheet.service == "office visit, moderate (new or established: not stated)"
    assert sheet.code == ""


def test_every_element_rests_on_words_of_the_note(documented: Documented) -> None:
    note = documented("""
        hpi: The history was obtained from his mother.
        results: A1c was 8.1.
        assessment: Type 2 diabetes, above goal.
        plan: Increase metformin to 1000 mg twice a day.
        plan: I discussed the case with Dr. Okafor.
    """)
    sheet = worksheet(note)
    assert len(sheet.elements) == 5
    for item in sheet.elements:
        for quote in item.quotes:
            assert note.statement(quote.statement_id).text[quote.span.start : quote.span.end].strip()
            assert note.statement(quote.statement_id).seconds


def test_no_problem_addressed_no_worksheet(documented: Documented) -> None:
    assert documented("hpi: Feels well.\nplan: Increase lisinopril to 20 mg.").worksheet is None
    assert documented("pmh: Asthma, hypertension.").worksheet is None


@pytest.mark.parametrize("text", ["Preoperative diagnosis: gout.", "Hospital course was good.", "Postoperative day 3."])
def test_an_operation_or_a_stay_in_hospital_is_no_office_visit(documented: Documented, text: str) -> None:
    assert documented(f"hpi: {text}\nassessment: Gout.\nplan: Start allopurinol 100 mg.").worksheet is None


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("plan: I spent 35 minutes on this visit today.", 35),
        ("plan: Total time on the date of the encounter was 42 minutes.", 42),
        ("plan: 25 minutes were spent on the visit.", 25),
        ("plan: Exercise for 30 minutes a day.", None),
        ("hpi: patient> I spent 45 minutes in the waiting room.", None),
        ("hpi: The pain lasts 20 minutes.", None),
    ],
)
def test_only_the_time_the_clinician_stated_counts(documented: Documented, text: str, minutes: int | None) -> None:
    sheet = worksheet(documented(f"assessment: Gout.\n{text}"))
    assert (sheet.time.minutes if sheet.time else None) == minutes


def test_the_length_of_a_recording_is_no_time(documented: Documented) -> None:
    assert worksheet(documented("assessment: Gout.\nplan: Rest.")).time is None


def test_time_meets_a_level_of_the_kind_of_patient(documented: Documented) -> None:
    stated = "assessment: Gout.\nplan: I spent 35 minutes on this visit today."
    assert worksheet(documented(f"{stated}\nhpi: She is a new patient.")).time_level is L
    assert worksheet(documented(f"{stated}\nhpi: Known to our clinic.")).time_level is M
    open_ = worksheet(documented(stated))
    assert open_.time_level is None
    assert open_.cautions == ("the time stated meets low (new patient), moderate (established)",)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("hpi: He is here to establish care.", PatientStatus.NEW),
        ("hpi: It has been a year since I last saw her.", PatientStatus.ESTABLISHED),
        ("hpi: Here for follow-up of his knee.", PatientStatus.NOT_STATED),
        ("hpi: She has a new patient portal password.", PatientStatus.NEW),
    ],
)
def test_new_or_established_only_where_it_is_said(documented: Documented, text: str, status: PatientStatus) -> None:
    assert worksheet(documented(f"assessment: Gout.\n{text}")).patient is status


def test_what_the_next_level_asks_for_is_stated_and_nothing_is_advised(documented: Documented) -> None:
    sheet = worksheet(documented("assessment: Gout.\nplan: Continue allopurinol 100 mg daily."))
    assert sheet.level is L
    assert [text.split(" at ")[0] for text in sheet.next_level] == ["problems", "data"]
    advice = re.compile(
        r"\b(?:should|must|document|add|order|consider|recommend|need to|could|increase)\b", re.IGNORECASE
    )
    for level in table("worksheet")["asks"].values():
        assert not any(advice.search(text) for text in level.values())


def test_nothing_in_the_tables_is_a_code_of_the_visit() -> None:
    for name in ("worksheet", "tests", "queries"):
        assert not re.search(r"\b\d{5}\b", str(table(name)).replace("50000", ""))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Get an X-ray of the right knee.", ["x-ray of right knee"]),
        ("Abdominal x-ray demonstrates a stone.", ["x-ray of abdomen"]),
        ("renal ultrasound", ["ultrasound of kidneys"]),
        ("chest x-ray and CT scan of the abdomen", ["chest x-ray", "CT of abdomen"]),
        ("Ana will call about the urine culture", ["urine culture"]),
        ("hemoglobin A1c and hemoglobin", ["hemoglobin A1c", "blood count"]),
    ],
)
def test_tests_by_name(text: str, names: list[str]) -> None:
    assert [item.name for item in investigations.find(text)] == names


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Zestril 10 mg", [("lisinopril", True)]),
        ("ibuprofen 400 mg", [("ibuprofen", True)]),
        ("ibuprofen 200 mg", [("ibuprofen", False)]),
        ("vitamin D 50,000 units", [("vitamin d", True)]),
        ("prescription-strength naproxen", [("naproxen", True)]),
        ("potassium was 4.1 and glucose 90", []),
        ("flu vaccine today", []),
        ("continue the blood pressure pill", [("blood pressure pill", True)]),
    ],
)
def test_medicines_by_name(text: str, found: list[tuple[str, bool]]) -> None:
    assert [(item.name, item.prescription) for item in medicines.find(text)] == found


def worksheet(note: Note) -> Worksheet:
    assert note.worksheet is not None
    return note.worksheet
