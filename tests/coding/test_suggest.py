from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from scribe.coding import rules
from scribe.coding.icd10cm import Icd10cm
from scribe.coding.suggest import explain, suggest
from scribe.config import CodingSettings, Config
from scribe.types import (
    Assertion,
    Encounter,
    Note,
    Role,
    Section,
    SectionGroup,
    SectionKind,
    Span,
    Statement,
    SuggestionStatus,
)

K = SectionKind


def said(name: str, text: str, role: Role | None = None, assertion: Assertion = Assertion.PRESENT) -> Statement:
    return Statement(name, text, heard=(Span(0, 1),), role=role, assertion=assertion)


def note_of(*sections: tuple[SectionKind, str | list[Statement]]) -> Note:
    """A note of these sections; a text is one statement, called after its section's place: s0, s1..."""
    made = [
        Section(kind, "", SectionGroup.HISTORY, "", (said(f"s{at}", x),) if isinstance(x, str) else tuple(x))
        for at, (kind, x) in enumerate(sections)
    ]
    return Note("n", Encounter("e"), tuple(made))


@pytest.fixture
def codes(icd10cm: Icd10cm) -> Callable[[Note], list[str]]:
    return lambda note: [item.coding.code for item in suggest(note, [icd10cm], Config()).suggestions]


Codes = Callable[[Note], list[str]]


def test_evidence_points_at_the_words(icd10cm: Icd10cm) -> None:
    note = suggest(note_of((K.ASSESSMENT, "Stable HTN, no chest pain.")), [icd10cm], Config())
    (suggestion,) = note.suggestions
    (evidence,) = suggestion.evidence
    assert suggestion.coding == icd10cm.lookup("I10")
    assert suggestion.status is SuggestionStatus.PROPOSED
    assert note.statement(evidence.statement_id).text[evidence.span.start : evidence.span.end] == "HTN"
    assert evidence.assertion is Assertion.PRESENT
    assert evidence.rule == "lexicon:HTN"
    assert 0 < evidence.score <= 1


def test_every_mention_is_evidence_best_first(icd10cm: Icd10cm) -> None:
    note = note_of((K.HPI, "She has asthma."), (K.ASSESSMENT, "Asthma, stable."))
    (suggestion,) = suggest(note, [icd10cm], Config()).suggestions
    assert [item.statement_id for item in suggestion.evidence] == ["s1", "s0"]


def test_the_assessment_comes_first_in_the_clinicians_order(codes: Codes) -> None:
    note = note_of(
        (K.HPI, "He has epilepsy and gout."),
        (K.ASSESSMENT, "Pneumonia. Hypertension."),
        (K.PLAN, "Statin for hyperlipidemia."),
    )
    assert codes(note) == ["J18.9", "I10", "E78.5", "G40.909", "M10.9"]


@pytest.mark.parametrize("kind", [K.FAMILY, K.SURGICAL, K.ALLERGIES, K.IMMUNIZATIONS, K.VITALS])
def test_sections_that_are_never_coded_from(codes: Codes, kind: SectionKind) -> None:
    assert codes(note_of((kind, "Diabetes."))) == []


@pytest.mark.parametrize(
    "kind", [K.CHIEF_COMPLAINT, K.HPI, K.PAST_MEDICAL, K.OTHER, K.MEDICATIONS, K.ASSESSMENT, K.PLAN]
)
def test_sections_that_are(codes: Codes, kind: SectionKind) -> None:
    assert codes(note_of((kind, "Diabetes."))) == ["E11.9"]


def test_past_medical_history_gives_what_lasts(codes: Codes) -> None:
    assert codes(note_of((K.PAST_MEDICAL, "Hypertension, pneumonia, asthma, and UTI."))) == ["I10", "J45.909"]


def test_history_of_what_lasts_is_current_and_says_why(icd10cm: Icd10cm) -> None:
    note = suggest(note_of((K.HPI, "History of asthma and of pneumonia.")), [icd10cm], Config())
    (suggestion,) = note.suggestions
    assert suggestion.coding.code == "J45.909"
    assert suggestion.evidence[0].rule.endswith("+chronic")


def test_findings_propose_only_where_nothing_was_assessed(codes: Codes) -> None:
    assert codes(note_of((K.EXAM, "Wheezing on the right."))) == ["R06.2"]
    assert codes(note_of((K.EXAM, "Ankle edema."), (K.ASSESSMENT, "Gout."))) == ["M10.9"]


def test_symptoms_of_the_history_give_way_to_a_diagnosis(codes: Codes) -> None:
    assert codes(note_of((K.HPI, "Dizziness and hiccups."), (K.ASSESSMENT, "Gout."))) == ["M10.9"]
    assert codes(note_of((K.HPI, "Dizziness and hiccups."))) == ["R42", "R06.6"]


def test_a_symptom_stays_where_the_diagnosis_is_uncertain(codes: Codes) -> None:
    assert codes(note_of((K.HPI, "Cough."), (K.ASSESSMENT, "Cough, probable pneumonia."))) == ["R05.9"]


def test_an_assessed_symptom_stays_beside_a_diagnosis_of_the_history(codes: Codes) -> None:
    assert codes(note_of((K.PAST_MEDICAL, "COPD."), (K.ASSESSMENT, "Shortness of breath."))) == ["R06.02", "J44.9"]


def test_the_less_specific_joins_the_more_specific(icd10cm: Icd10cm) -> None:
    note = note_of((K.HPI, "She has asthma."), (K.ASSESSMENT, "Moderate persistent asthma."))
    (suggestion,) = suggest(note, [icd10cm], Config()).suggestions
    assert suggestion.coding.code == "J45.40"
    assert len(suggestion.evidence) == 2


def test_diabetes_is_the_type_named_elsewhere(codes: Codes) -> None:
    assert codes(note_of((K.HPI, "Type 1 diabetes since childhood."), (K.ASSESSMENT, "Diabetes."))) == ["E10.9"]


def test_excluded_pair_keeps_the_assessed(codes: Codes) -> None:
    note = note_of(
        (K.HPI, "She has had a wheeze and bronchiolitis."), (K.ASSESSMENT, "Chronic bronchitis. Bipolar disorder.")
    )
    assert "J42" in codes(note)
    assert codes(note_of((K.HPI, "She has depression."), (K.ASSESSMENT, "Bipolar disorder."))) == ["F31.9"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hypertension. Heart failure.", ["I11.0", "I50.9"]),
        ("Hypertension. CKD stage 5.", ["I12.0", "N18.5"]),
        ("Hypertension, heart failure and CKD stage 3.", ["I13.0", "I50.9", "N18.30"]),
        ("Type 2 diabetes. CKD stage 4. Neuropathy. Hypertension.", ["E11.22", "E11.40", "I12.9", "N18.4"]),
        ("COPD. Pneumonia.", ["J44.0", "J18.9"]),
        ("Nausea. Vomiting.", ["R11.2"]),
        ("Diabetes and hypertension.", ["E11.9", "I10"]),
    ],
)
def test_combinations(assessed: Callable[..., list[str]], text: str, expected: list[str]) -> None:
    assert sorted(assessed(text)) == sorted(expected)


def test_combination_keeps_both_evidences_and_names_the_guideline(icd10cm: Icd10cm) -> None:
    note = suggest(note_of((K.ASSESSMENT, "Hypertension. Heart failure.")), [icd10cm], Config())
    combined = note.suggestions[0]
    assert combined.coding.code == "I11.0"
    assert len(combined.evidence) == 2
    assert all("guideline:I.C.9.a.1" in item.rule for item in combined.evidence)


def test_a_patients_diagnosis_is_history(icd10cm: Icd10cm) -> None:
    patient = note_of((K.ASSESSMENT, [said("s0", "I have gout.", Role.PATIENT)]))
    clinician = note_of((K.ASSESSMENT, [said("s0", "You have gout.", Role.CLINICIAN)]))
    scores = [suggest(note, [icd10cm], Config()).suggestions[0].evidence[0].score for note in (patient, clinician)]
    assert scores[0] < 0.6 * scores[1] + 0.01


def test_doubtful_words_score_lower(icd10cm: Icd10cm) -> None:
    sure = said("s0", "Gout.")
    unsure = replace(sure, doubtful=(Span(0, 4),))
    scores = [
        suggest(note_of((K.ASSESSMENT, [item])), [icd10cm], Config()).suggestions[0].evidence[0].score
        for item in (sure, unsure)
    ]
    assert scores[1] < scores[0]


def test_the_words_decide_and_not_the_label_of_their_sentence(codes: Codes) -> None:
    told = said("s0", "Denies chest pain but has gout.", assertion=Assertion.ABSENT)
    assert codes(note_of((K.HPI, [told]))) == ["M10.9"]


def test_what_a_person_says_of_a_statement_counts(codes: Codes) -> None:
    labelled = replace(said("s0", "Gout.", assertion=Assertion.FAMILY), author="ada")
    assert codes(note_of((K.HPI, [labelled]))) == []
    told = replace(said("s1", "Denies chest pain but has gout.", assertion=Assertion.ABSENT), author="ada")
    assert codes(note_of((K.HPI, [told]))) == ["M10.9"]


def test_at_most_so_many(icd10cm: Icd10cm) -> None:
    note = note_of((K.ASSESSMENT, "Gout. Asthma. Migraine."))
    few = Config(coding=CodingSettings(max_suggestions=2))
    assert [item.coding.code for item in suggest(note, [icd10cm], few).suggestions] == ["M10.9", "J45.909"]


def test_what_a_person_decided_stays(icd10cm: Icd10cm) -> None:
    note = suggest(note_of((K.ASSESSMENT, "Gout. Asthma.")), [icd10cm], Config())
    rejected = replace(note.suggestions[0], status=SuggestionStatus.REJECTED)
    again = suggest(replace(note, suggestions=(rejected, note.suggestions[1])), [icd10cm], Config())
    assert [(item.coding.code, item.status.value) for item in again.suggestions] == [
        ("M10.9", "rejected"),
        ("J45.909", "proposed"),
    ]


def test_same_note_same_codes_and_nothing_else_changes(icd10cm: Icd10cm) -> None:
    note = note_of((K.ASSESSMENT, "Gout, asthma, migraine, type 2 diabetes with CKD stage 4."))
    once = suggest(note, [icd10cm], Config())
    assert suggest(once, [icd10cm], Config()) == once
    assert replace(once, suggestions=()) == note


def test_no_systems_no_codes() -> None:
    assert suggest(note_of((K.ASSESSMENT, "Gout.")), [], Config()).suggestions == ()


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("lexicon:HTN", "HTN"),
        ("tabular:name+unspecified", "I.B.18"),
        ("tabular:inclusion-term", "inclusion term"),
        ("tabular:includes+unspecified", "Includes"),
        ("lexicon:knee pain+side", "I.B.13"),
        ("lexicon:asthma+chronic", "IV.I"),
        ("lexicon:HTN+guideline:I.C.9.a.1", "I.C.9.a.1"),
        ("tabular:name+combination:J44.0", "J44.0"),
    ],
)
def test_every_rule_is_explained(rule: str, words: str) -> None:
    assert words in explain(rule)
    assert "{" not in explain(rule)


def test_unknown_rule_explains_itself() -> None:
    assert explain("plugin:something") == "plugin:something"


def test_codes_of_the_rules_exist(icd10cm: Icd10cm) -> None:
    for rule in rules.combinations():
        assert icd10cm.is_billable(rule.first), rule
        assert icd10cm.is_billable(rule.target), rule


def test_cost_grows_with_the_length(icd10cm: Icd10cm, steps: Callable[..., int]) -> None:
    line = "Patient with type 2 diabetes, hypertension and left knee pain denies fever, chills or chest pain today."

    def cost(count: int) -> int:
        statements = [said(f"s{at}", line) for at in range(count)]
        note = note_of((K.HPI, statements[: count // 2]), (K.ASSESSMENT, statements[count // 2 :]))
        suggest(note, [icd10cm], Config())
        return steps(lambda: suggest(note, [icd10cm], Config()))

    assert cost(70) < 10 * cost(10)  # two pages are about 1,200 words


@pytest.mark.parametrize(
    ("text", "role", "expected"),
    [
        ("I think this is gout.", Role.CLINICIAN, ["M10.9"]),
        ("Impression: gout.", Role.CLINICIAN, ["M10.9"]),
        ("I believe the patient has gout.", Role.CLINICIAN, ["M10.9"]),
        ("I think this could be gout.", Role.CLINICIAN, []),
        ("I think this is probably gout.", Role.CLINICIAN, []),
        ("I don't think this is gout.", Role.CLINICIAN, []),
        ("I think this is gout.", Role.PATIENT, []),
        ("I think this is gout.", None, []),
    ],
)
def test_a_diagnosis_told_as_an_own_thought_is_the_clinicians(
    codes: Codes, text: str, role: Role | None, expected: list[str]
) -> None:
    assert codes(note_of((K.ASSESSMENT, [said("s0", text, role)]))) == expected


@pytest.mark.parametrize("text", ["I think this is gout.", "Impression: gout."])
def test_an_own_thought_is_told_apart_in_the_reason(icd10cm: Icd10cm, text: str) -> None:
    note = note_of((K.ASSESSMENT, [said("s0", text, Role.CLINICIAN)]))
    (evidence,) = suggest(note, [icd10cm], Config()).suggestions[0].evidence
    assert "own impression" in explain(evidence.rule)
    assert evidence.score < 0.8


def test_what_a_patient_tells_of_life_gives_circumstances_and_no_illness(codes: Codes) -> None:
    text = "Is laid off because of COVID. Smokes a pack a day, tobacco dependence."
    assert codes(note_of((K.SOCIAL, [said("s0", text, Role.PATIENT)]))) == ["F17.210"]
