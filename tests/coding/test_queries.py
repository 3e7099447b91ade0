"""Questions to the clinician: when they are asked, in what form, and what an answer does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from scribe.coding import answers, documentation, queries, query_lint
from scribe.coding.icd10cm import Icd10cm
from scribe.coding.reading import table
from scribe.coding.suggest import suggest
from scribe.config import Config
from scribe.errors import InputError
from scribe.types import (
    Encounter,
    Note,
    NoteStatus,
    Query,
    Quote,
    Section,
    SectionGroup,
    SectionKind,
    Span,
    Statement,
)

Documented = Callable[[str], Note]
NOW = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)


def words(note: Note, quote: Quote) -> str:
    return note.statement(quote.statement_id).text[quote.span.start : quote.span.end]


def codes(note: Note) -> list[str]:
    return [item.coding.code for item in note.suggestions]


@pytest.fixture
def answered(icd10cm: Icd10cm) -> Callable[[Note, str, str], Note]:
    def answer(note: Note, name: str, text: str) -> Note:
        recorded = answers.record(note, name, text, author="Dr. Adeyemi", at=NOW, find=icd10cm.find)
        return documentation.documented(suggest(recorded, [icd10cm], Config()), [icd10cm])

    return answer


Answered = Callable[[Note, str, str], Note]


def test_a_missing_side_is_asked_and_the_answer_changes_the_code(documented: Documented, answered: Answered) -> None:
    note = documented("assessment: Knee pain after a fall.\nplan: Rest.")
    (query,) = note.queries
    assert (query.id, query.topic, query.codes) == ("Q1", "side", ("M25.569",))
    assert query.question == "Which side is meant by “Knee pain”?"
    assert query.options == ("left", "right", "both sides", "other", "unable to determine")
    assert words(note, query.indicators[0]) == "Knee pain"

    after = answered(note, "q1", "Left")
    assert codes(after) == ["M25.562"]
    assert after.revision == note.revision + 1
    (closed,) = after.queries
    assert closed.answer is not None
    assert (closed.answer.text, closed.answer.author, closed.answer.at) == ("left", "Dr. Adeyemi", NOW.isoformat())
    typed = after.statement(closed.answer.statement_id)
    assert (typed.text, typed.author, typed.heard) == ("Left knee pain.", "Dr. Adeyemi", ())
    assert [item.id for item in after.sections[0].statements] == ["s0", typed.id]


def test_indicators_of_this_note_are_quoted_and_what_is_denied_is_quoted_whole(documented: Documented) -> None:
    note = documented("""
        hpi: Denies orthopnea.
        results: Echocardiogram shows an ejection fraction of 38.5%, with mild regurgitation.
        assessment: Congestive heart failure.
    """)
    (query,) = note.queries
    assert query.topic == "heart failure type"
    assert words(note, query.indicators[0]) == "Congestive heart failure"
    assert "ejection fraction of 38.5%" in words(note, query.indicators[1])
    after = documented("hpi: Denies orthopnea.\nassessment: Systolic heart failure.")
    assert words(after, after.queries[0].indicators[1]) == "Denies orthopnea."


@pytest.mark.parametrize(
    "text",
    [
        "assessment: Left knee pain.",
        "assessment: Pain of the knee on the left.",
        "pmh: Heart failure.\nassessment: Gout.\nplan: Rest.",  # listed, not taken up
        "assessment: Possible heart failure.",  # uncertain: not for a question
        "assessment: Depression.",  # nothing of this note gives cause to ask
        "assessment: Type 2 diabetes, A1c 7.1.",
        "assessment: Essential hypertension.",
        "family: Mother has heart failure.\nassessment: Gout, stable.",
    ],
)
def test_nothing_is_asked(documented: Documented, text: str) -> None:
    assert documented(text).queries == ()


def test_at_most_three_and_those_that_change_most_first(documented: Documented) -> None:
    note = documented("""
        results: Hemoglobin was 8.2, LDL was 140 and BMI is 36.
        assessment: Knee pain.
        assessment: Obesity.
        assessment: Anemia.
        assessment: Hyperlipidemia.
        assessment: Congestive heart failure.
    """)
    assert [query.topic for query in note.queries] == ["anemia type", "lipid type", "heart failure type"]
    assert [query.id for query in note.queries] == ["Q1", "Q2", "Q3"]


def test_after_an_answer_the_next_question_comes_and_none_comes_twice(
    documented: Documented, answered: Answered
) -> None:
    note = documented("assessment: Congestive heart failure.\nassessment: Knee pain.")
    assert [(query.id, query.topic) for query in note.queries] == [("Q1", "heart failure type"), ("Q2", "side")]
    once = answered(note, "Q1", "systolic")
    assert "I50.20" in codes(once)
    assert [(query.id, query.topic) for query in once.queries if not query.answer] == [
        ("Q3", "heart failure acuity"),
        ("Q2", "side"),
    ]
    twice = answered(once, "Q3", "acute on chronic")
    assert "I50.23" in codes(twice)
    assert "I50.20" not in codes(twice)


def test_unable_to_determine_is_recorded_and_adds_nothing(documented: Documented, answered: Answered) -> None:
    note = documented("assessment: Knee pain.")
    after = answered(note, "Q1", "unable to determine")
    assert codes(after) == codes(note)
    assert [item.text for item in after.statements] == ["Knee pain."]
    assert [query.answer.text for query in after.queries if query.answer] == ["unable to determine"]
    assert after.revision == 2


def test_other_words_are_written_as_the_author_put_them(documented: Documented, answered: Answered) -> None:
    after = answered(documented("assessment: Anemia.\nresults: Hemoglobin was 9."), "Q1", "other:  sickle cell trait ")
    assert after.statements[-2].text == "Anemia: sickle cell trait."


def test_a_signed_note_is_amended(documented: Documented, answered: Answered) -> None:
    note = replace(documented("assessment: Knee pain."), status=NoteStatus.FINAL)
    assert answered(note, "Q1", "right").status is NoteStatus.AMENDED


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("Q9", "left", "there is no question Q9: open questions: Q1"),
        ("Q1", "sideways", '"left", "right", "both sides", "unable to determine", or "other: your words"'),
        ("Q1", "other", 'or "other: your words"'),
        ("Q1", "", "can be answered with"),
    ],
)
def test_a_wrong_answer_is_refused(
    icd10cm: Icd10cm, documented: Documented, name: str, text: str, message: str
) -> None:
    note = documented("assessment: Knee pain.")
    with pytest.raises(InputError, match=message):
        answers.record(note, name, text, author="Dr. A", at=NOW, find=icd10cm.find)


def test_what_was_answered_stays(icd10cm: Icd10cm, documented: Documented, answered: Answered) -> None:
    after = answered(documented("assessment: Knee pain."), "Q1", "left")
    with pytest.raises(InputError, match=r"Q1 was answered by Dr. Adeyemi on 2026-03-02: it stays as it is"):
        answers.record(after, "Q1", "right", author="Dr. B", at=NOW, find=icd10cm.find)
    with pytest.raises(InputError, match="name the person"):
        answers.record(documented("assessment: Knee pain."), "Q1", "right", author=" ", at=NOW, find=icd10cm.find)


def test_two_sides_are_asked_about_and_the_answer_settles_it(documented: Documented, answered: Answered) -> None:
    note = documented("hpi: The left knee has been sore.\nassessment: Osteoarthritis of the right knee.")
    (query,) = note.queries
    assert query.topic == "side conflict"
    assert query.question == "The note names both sides beside “Osteoarthritis of the knee”. Which side is meant?"
    assert [words(note, quote) for quote in query.indicators] == ["Osteoarthritis of the right knee", "left knee"]
    assert codes(answered(note, "Q1", "left")) == ["M17.12"]
    assert codes(answered(note, "Q1", "right")) == ["M17.11"]


def test_a_link_of_two_documented_conditions_may_be_asked_with_yes_or_no(
    documented: Documented, answered: Answered
) -> None:
    note = documented("assessment: Cirrhosis.\nassessment: Alcohol dependence.")
    (query,) = note.queries
    assert query.options == ("yes", "no", "other", "unable to determine")
    assert "K70.30" in codes(answered(note, "Q1", "yes"))
    assert "K74.60" in codes(answered(note, "Q1", "no"))


# --- the linter
@pytest.mark.parametrize("row", table("queries")["topics"], ids=lambda row: str(row["id"]))
def test_every_template_with_every_table_of_options_is_compliant(icd10cm: Icd10cm, row: dict[str, Any]) -> None:
    coding = icd10cm.lookup(row["codes"][0].lstrip("="))
    assert coding is not None
    subject = coding.display
    for other in table("queries")["topics"]:
        options = (*other["options"], queries.OTHER, queries.UNABLE)
        note, query = asked(row["question"].format(subject=subject), options, subject, row["id"])
        assert query_lint.check(query, note, icd10cm.find) == (), other["id"]


def test_the_other_templates_are_compliant(icd10cm: Icd10cm) -> None:
    tree = table("queries")
    for question in (tree["side"]["question"], tree["conflict"]["question"]):
        options = (*tree["side"]["options"], queries.OTHER, queries.UNABLE)
        note, query = asked(question.format(subject="Knee pain"), options, "Knee pain", "side")
        assert query_lint.check(query, note, icd10cm.find) == ()
    for row in tree["links"]:
        question = row["question"].format(subject="Anemia", other="CKD")
        note, query = asked(question, queries.YES_NO, "Anemia", "", second="CKD")
        assert query_lint.check(query, note, icd10cm.find) == ()


@pytest.mark.parametrize("row", table("queries")["topics"], ids=lambda row: str(row["id"]))
def test_most_options_of_a_topic_give_another_code(icd10cm: Icd10cm, row: dict[str, Any]) -> None:
    """At least two of them, or there would be nothing to ask."""
    subjects = {
        "heart failure acuity": "systolic heart failure",
        "pressure ulcer stage": "pressure ulcer of the sacrum",
    }
    query = Query("s0", "?", topic=row["id"], subject=subjects.get(row["id"], "it"))
    given = [
        {match.code for match in icd10cm.find(queries.written(query, option, icd10cm.find))}
        for option in row["options"]
    ]
    assert all(given), row["id"]
    asked_about = {code.lstrip("=") for code in row["codes"]}
    assert len({frozenset(found) for found in given if not found & asked_about}) >= 2 or len(row["options"]) == 2


BAD: list[tuple[str, str, tuple[str, ...], str]] = [
    ("payment", "Can the stage of “Knee pain” be stated for reimbursement?", ("left", "right"), ""),
    ("payment", "Can “Knee pain” be stated to meet the HCC?", ("left", "right"), ""),
    ("payment", "Does “Knee pain” raise the severity of illness?", ("left", "right"), ""),
    ("impact", "Can “Knee pain” be stated so that it can be coded?", ("left", "right"), ""),
    ("impact", "Can “Knee pain” be stated with greater specificity?", ("left", "right"), ""),
    ("leading", "Do you agree that “Knee pain” is on the left?", ("left", "right"), ""),
    ("leading", "Isn't it on the left, the “Knee pain”?", ("left", "right"), ""),
    ("leading", "“Knee pain” is most likely left, is that right?", ("left", "right"), ""),
    ("leading", "Would you consider stating the left side of “Knee pain”?", ("left", "right"), ""),
    ("leading", "Please document the side of “Knee pain”?", ("left", "right"), ""),
    ("new-diagnosis", "Is “Knee pain” a sign of septic arthritis?", ("left", "right"), ""),
    ("new-diagnosis", "Could the patient with “Knee pain” have gout?", ("left", "right"), ""),
    ("subject", "Which side is meant by “Hip pain”?", ("left", "right"), ""),
    ("subject", "Which side is meant?", ("left", "right"), ""),
    ("options", "Which side is meant by “Knee pain”?", ("left",), ""),
    ("options", "Which side is meant by “Knee pain”?", ("left", "Left"), ""),
    ("options", "Which side is meant by “Knee pain”?", ("left (recommended)", "right"), ""),
    ("options", "Which side is meant by “Knee pain”?", ("left", "right *"), ""),
    ("other", "Which side is meant by “Knee pain”?", ("left", "right"), "other"),
    ("unable", "Which side is meant by “Knee pain”?", ("left", "right"), "unable to determine"),
    ("indicators", "Which side is meant by “Knee pain”?", ("left", "right"), "indicators"),
    ("source", "Which side is meant by “Knee pain”?", ("left", "right"), "source"),
    ("yes-no", "Is “Knee pain” on the left?", ("yes", "no"), ""),
    ("one-question", "Which side is meant by “Knee pain”? And since when?", ("left", "right"), ""),
    ("one-question", "Tell the side of “Knee pain”.", ("left", "right"), ""),
    ("prior", "The previous visit named a side of “Knee pain”: which one?", ("left", "right"), ""),
    ("payment", "Which side is meant by “Knee pain”?", ("left (higher payment)", "right"), ""),
]


@pytest.mark.parametrize(("rule", "question", "options", "without"), BAD)
def test_a_bad_question_is_refused_for_the_right_reason(
    icd10cm: Icd10cm, rule: str, question: str, options: tuple[str, ...], without: str
) -> None:
    ends = tuple(option for option in (queries.OTHER, queries.UNABLE) if option != without)
    note, query = asked(question, (*options, *ends), "Knee pain", "side")
    if without == "indicators":
        query = replace(query, indicators=())
    if without == "source":
        query = replace(query, indicators=(Quote("s0", Span(0, 500)),))
    assert rule in [finding.rule for finding in query_lint.check(query, note, icd10cm.find)]


def test_a_title_that_names_a_new_diagnosis_is_refused(icd10cm: Icd10cm) -> None:
    options = ("left", "right", "other", "unable to determine")
    note, query = asked("Which side is meant by “Knee pain”?", options, "Knee pain", "septic arthritis")
    assert [finding.rule for finding in query_lint.check(query, note, icd10cm.find)] == ["new-diagnosis"]


def asked(question: str, options: tuple[str, ...], subject: str, topic: str, second: str = "") -> tuple[Note, Query]:
    """A question about a note that says no more than its subjects."""
    texts = [f"{subject}.", *([f"{second}."] if second else [])]
    statements = tuple(Statement(f"s{at}", text, (Span(0, 1),)) for at, text in enumerate(texts))
    section = Section(SectionKind.ASSESSMENT, "", SectionGroup.ASSESSMENT, "", statements)
    quotes = tuple(Quote(item.id, Span(0, len(item.text) - 1)) for item in statements)
    query = Query("s0", question, options, "Q1", topic, subject, quotes)
    return Note("n", Encounter("e"), (section,)), query


def test_an_answer_outlives_the_statement_it_was_about(
    icd10cm: Icd10cm, documented: Documented, answered: Answered
) -> None:
    after = answered(documented("assessment: Knee pain.\nplan: Rest."), "Q1", "left")
    section = replace(after.sections[0], statements=after.sections[0].statements[1:])
    edited = replace(after, sections=(section, *after.sections[1:]))
    again = documentation.documented(suggest(edited, [icd10cm], Config()), [icd10cm])
    (query,) = again.queries
    assert again.statement(query.statement_id).text == "Left knee pain."
    bare = replace(edited, sections=edited.sections[1:])
    assert documentation.documented(suggest(bare, [icd10cm], Config()), [icd10cm]).queries == ()
