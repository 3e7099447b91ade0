"""The summary for the patient says nothing that the note does not say."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from scribe.bench.meaning import fact_reader
from scribe.bench.meaning.compare import compare
from scribe.bench.meaning.facts import FactKind
from scribe.config import ModelsSettings
from scribe.sections import catalog, named
from scribe.sections.patient_view import summarise
from scribe.types import Encounter, Note, Role, SectionKind, Span, Statement

K = SectionKind


def note(**said: list[str]) -> Note:
    at, sections = 0, []
    for kind, texts in said.items():
        made = []
        for text in texts:
            at += 1
            made.append(Statement(f"s{at}", text, (Span(at, at + 1),), role=Role.PATIENT))
        sections.append(catalog.section(K(kind), tuple(made)))
    return Note("n", Encounter("e"), tuple(sections))


def test_the_parts_of_the_summary_and_the_steps_of_a_plan() -> None:
    made = summarise(
        note(
            hpi=["Takes ibuprofen 400 mg."],
            social=["Smokes."],
            assessment=["Hypertension is high."],
            plan=[
                "Increase amlodipine to 10 mg daily.",
                "Get an X-ray of the right knee.",
                "Refer to physical therapy.",
                "Return in 3 months.",
                "Call me if the knee gets worse.",
            ],
        )
    )
    found = [(part.heading, [line.text for line in part.lines]) for part in made.parts]
    assert found == [
        ("What we talked about", ["You take ibuprofen 400 mg."]),
        ("What we think", ["High blood pressure (hypertension) is high."]),
        ("What to do next", []),
    ]
    assert [(step.heading, [line.text for line in step.lines]) for step in made.parts[-1].parts] == [
        ("Medicines", ["Increase amlodipine to 10 mg daily."]),
        ("Tests", ["Get an X-ray of the right knee."]),
        ("Follow-up", ["Return in 3 months."]),
        ("Other steps", ["We will refer you to physical therapy."]),
        ("When to get help", ["Call me if the knee gets worse."]),
    ]
    assert summarise(note()).parts == ()


PIECES = (
    *("Takes", "Denies", "Has", "Reports", "No", "Not", "Is", "Was", "Stop", "Increase", "Refer to", "Order"),
    *(
        "the patient",
        "the patient has",
        "lisinopril",
        "metformin",
        "10 mg",
        "20",
        "twice a day",
        "left",
        "right",
        "knee",
    ),
    *(
        "edema",
        "hypertension",
        "acute",
        "murmur",
        "and",
        "but",
        "has",
        "chest pain",
        "dyspnea",
        "never",
        "he",
        "his mother",
    ),
)
TEXTS = st.lists(st.sampled_from(PIECES), min_size=1, max_size=8).map(lambda words: " ".join(words) + ".")
FINDINGS = ["chest pain", "left knee edema", "right knee pain", "hypertension", "dyspnea for 20 days", "a murmur"]
DRUGS = ["lisinopril 10 mg twice a day", "metformin 20 mg", "lisinopril"]


def sentences(verbs: list[str], named: list[str]) -> st.SearchStrategy[str]:
    lists = st.lists(st.sampled_from(named), min_size=1, max_size=3, unique=True)
    return st.builds(lambda verb, things: f"{verb} {' and '.join(things)}.", st.sampled_from(verbs), lists)


SENTENCES = sentences(["Denies", "Has", "Reports", "No", "Never had", "His mother has"], FINDINGS) | sentences(
    ["Takes", "Stop", "Increase", "The patient is on", "Not on"], DRUGS
)
KINDS = st.sampled_from(["chief_complaint", "hpi", "medications", "allergies", "exam", "results", "assessment", "plan"])


@settings(deadline=None)  # the first reading loads the lexicon
@given(KINDS, TEXTS)
def test_numbers_drugs_sides_and_denials_are_the_statements_own(kind: str, text: str) -> None:
    given_note = note(**{kind: [text]})
    (line,) = summarise(given_note).lines
    assert line.statement_id == "s1"

    def told(said: str) -> list[str]:
        found = re.findall(r"\d+|\b(?:left|right|no|not|never|stop)\b", re.sub(r"(?i)\bdenies\b", "no", said.lower()))
        return [*found, *(said[span.start : span.end].lower() for span in named.drugs(said))]

    assert told(line.text) == told(text)


@settings(deadline=None)  # the first reading loads the lexicon
@given(KINDS, SENTENCES)
def test_the_reader_of_facts_finds_nothing_invented(kind: str, text: str) -> None:
    reader = fact_reader.reader(ModelsSettings())
    (line,) = summarise(note(**{kind: [text]})).lines
    kinds = {FactKind.NUMBER, FactKind.DOSE, FactKind.DRUG, FactKind.SIDE}
    found = compare(reader.read(line.text), reader.read(text))
    assert not [fact for fact in (*found.invented, *found.flipped) if fact.kind in kinds]
