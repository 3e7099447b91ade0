"""How the notes of clinicians are read, in the two layouts."""

from __future__ import annotations

from scribe.bench.reading import references
from scribe.bench.reading.references import Part

HEADED = """CHIEF COMPLAINT

Left ankle pain.

ALLERGIES

Codeine causes vomiting.

ASSESSMENT AND PLAN

Mr. Doe is a 40-year-old male who presents with ankle pain.

Ankle sprain.
• Medical Reasoning: No fracture was seen on the x-ray.
• Medical Treatment: Start naproxen 500 mg twice a day. Use a brace.

Hypertension.
• Medical Treatment: Continue losartan.

Patient Agreements: The patient agrees.
"""
SHORTHAND = """3/7 hx of dry cough. No fever.
PMH: nil
Imp: viral URTI/? LRTI
Plan:
1. Fluids
2. Review in 1w INB"""
LISTED = """HPI:
Sore wrist since a fall.

ASSESSMENT

• Wrist sprain.
• Gout

PLAN

Wrist sprain
Wear the splint for two weeks.
Gout
Continue allopurinol.
"""


def test_problems_stand_with_their_plans() -> None:
    found = references.read(HEADED)
    assert [problem.name for problem in found.problems] == ["ankle sprain", "hypertension"]
    assert "naproxen" in found.problems[0].plan
    assert "losartan" in found.problems[1].plan
    assert "losartan" not in found.problems[0].plan


def test_a_plan_that_repeats_the_problems_is_divided_by_them() -> None:
    found = references.read(LISTED)
    assert [(problem.name, problem.plan) for problem in found.problems] == [
        ("wrist sprain", "Wear the splint for two weeks."),
        ("gout", "Continue allopurinol."),
    ]


def test_shorthand_names_its_impression_and_says_why_they_came() -> None:
    found = references.read(SHORTHAND)
    assert [problem.name for problem in found.problems] == ["viral urti", "lrti"]
    assert found.complaints[0] == "3/7 hx of dry cough."
    assert "Fluids" in found.text(Part.PLAN)


def test_a_chief_complaint_comes_before_the_history() -> None:
    assert references.read(HEADED).complaints == ("Left ankle pain.",)


def test_headings_bullets_and_labels_are_no_sentences() -> None:
    found = references.read(HEADED).sentences
    assert "No fracture was seen on the x-ray." in found
    assert "Use a brace." in found
    assert not any("Medical" in sentence or "CHIEF" in sentence for sentence in found)


def test_a_note_without_assessment_names_no_problem() -> None:
    assert references.read("Cough for a week. Fluids advised.").problems == ()
    assert references.read("").complaints == ()
