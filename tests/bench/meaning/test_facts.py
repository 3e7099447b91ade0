"""The facts of a text, and what becomes of them between two texts: this is the measure by which notes are trusted."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scribe.bench.meaning import fact_reader
from scribe.bench.meaning.compare import Differences, compare
from scribe.bench.meaning.fact_reader import Reader
from scribe.bench.meaning.facts import FactKind, Facts, Polarity, stem
from scribe.config import Config

READER: Reader = fact_reader.reader(Config().models)


def read(text: str) -> Facts:
    return READER.read(text)


def values(text: str, *kinds: FactKind) -> list[str]:
    return [f"{fact.value} {fact.about}".strip() for fact in read(text).of(*kinds)]


def compared(note: str, *said: str) -> Differences:
    """`said` is what clinician and patient say in turn."""
    pieces = [("clinician" if at % 2 == 0 else "patient", text) for at, text in enumerate(said)]
    return compare(read(note), READER.read_exchange(pieces))


# --- reading ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("Takes Lasix and lisinopril.", FactKind.DRUG, ["lasix", "lisinopril"]),
        ("lisinopril 20 mg", FactKind.DOSE, ["20 mg lisinopril"]),
        ("lisinopril twenty milligrams", FactKind.DOSE, ["20 mg lisinopril"]),
        (
            "20 mg of lisinopril and 500 milligrams of metformin",
            FactKind.DOSE,
            ["20 mg lisinopril", "500 mg metformin"],
        ),
        ("increase the Lasix to 80mg once a day", FactKind.DOSE, ["80 mg lasix"]),
        ("two puffs of albuterol", FactKind.DOSE, ["2 puff albuterol"]),
        ("Lasix. Then 20 mg.", FactKind.DOSE, ["20 mg"]),
        ("for two to three weeks", FactKind.MEASURE, ["2 week", "3 week"]),
        ("a 58-year-old man", FactKind.MEASURE, ["58 year"]),
        ("the left knee, right-sided", FactKind.SIDE, ["left kne", "right sid"]),
        ("it is on the right.", FactKind.SIDE, ["right"]),
        ("I left home, right now, all right, that's right", FactKind.SIDE, []),
        ("bilateral lower extremities", FactKind.SIDE, ["both lower"]),
        ("high blood pressure and HTN", FactKind.PROBLEM, ["hypertension", "hypertension"]),
        ("short of breath, headaches", FactKind.PROBLEM, ["shortness of breath", "headache"]),
        ("my mother and her sister", FactKind.RELATIVE, ["mother", "sister"]),
    ],
)
def test_what_is_found(text: str, kind: FactKind, expected: list[str]) -> None:
    assert values(text, kind) == [" ".join(value.split()) for value in expected]


def polarity_of(text: str, problem: str, *more: str) -> Polarity:
    pieces = [("clinician", text), *(("patient", answer) for answer in more)]
    (fact,) = {fact.polarity for fact in READER.read_exchange(pieces).facts if fact.value == problem}
    return fact


@pytest.mark.parametrize(
    ("text", "problem", "expected"),
    [
        ("Denies fever, chills, or cough.", "cough", Polarity.NEGATED),
        ("No chest pain but has a cough.", "cough", Polarity.AFFIRMED),
        ("No chest pain but has a cough.", "chest pain", Polarity.NEGATED),
        ("No, I have had chest pain.", "chest pain", Polarity.AFFIRMED),
        ("I don't have any chest pain.", "chest pain", Polarity.NEGATED),
        ("I don't, you know, I don't have um, chest pain.", "chest pain", Polarity.NEGATED),
        ("No fever, he has a cough.", "cough", Polarity.AFFIRMED),
        ("Not only fever.", "fever", Polarity.AFFIRMED),
        ("Pneumonia was ruled out.", "pneumonia", Polarity.NEGATED),
        ("Fever: no.", "fever", Polarity.NEGATED),
        ("Fever: \u201cno no fever\u201d.", "fever", Polarity.NEGATED),
        ("Possible pneumonia.", "pneumonia", Polarity.HEDGED),
        ("Any fever?", "fever", Polarity.OPEN),
        ("Asked about fever: sometimes.", "fever", Polarity.OPEN),
        ("There is no edema there is a murmur", "murmur", Polarity.AFFIRMED),
    ],
)
def test_what_is_denied(text: str, problem: str, expected: Polarity) -> None:
    assert polarity_of(text, problem) is expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("No.", Polarity.NEGATED),
        ("Um, no, not really.", Polarity.NEGATED),
        ("I don't.", Polarity.NEGATED),
        ("Yes.", Polarity.AFFIRMED),
        ("No, just now and then.", Polarity.OPEN),
        ("It comes and goes.", Polarity.OPEN),
    ],
)
def test_an_answer_settles_a_question(answer: str, expected: Polarity) -> None:
    assert polarity_of("Any fever?", "fever", answer) is expected


def test_a_yes_to_several_settles_none() -> None:
    assert polarity_of("Any fever or chills?", "chills", "Yes.") is Polarity.OPEN


@pytest.mark.parametrize(("a", "b"), [("takes", "taking"), ("stopped", "stop"), ("knees", "knee"), ("tries", "try")])
def test_endings_do_not_count(a: str, b: str) -> None:
    assert stem(a) == stem(b)


# --- comparing -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ("Denies fever.", ("Any fever?", "No.")),
        ("Reports chest pain.", ("Any chest pain?", "Yes.")),
        ("Takes lisinopril 20 mg daily.", ("so you take lisinopril twenty milligrams every day",)),
        ("BP 120/80.", ("one twenty over eighty",)),
        ("Asked about fever or chills: \u201cjust chills.\u201d", ("Any fever or chills?", "Just chills.")),
        ("Mother had diabetes.", ("", "my mother had diabetes")),
        ("EKG normal.", ("the E K G is normal",)),
        ("The patient denies pain in the left knee.", ("I have no pain in my left knee",)),
    ],
)
def test_faithful(note: str, said: tuple[str, ...]) -> None:
    assert compared(note, *said) == Differences(missed=compared(note, *said).missed)


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ("Takes lisinopril 40 mg.", ("you take lisinopril twenty milligrams",)),
        ("Takes lisinopril and metformin.", ("you take lisinopril",)),
        ("Chest pain with nausea.", ("chest pain",)),
        ("Pain in the left knee.", ("pain in the knee",)),
        ("Mother had asthma.", ("I had asthma",)),
        ("CT of the head.", ("let's get some imaging",)),
        ("For 3 weeks.", ("for a few weeks",)),
        ("For a few months.", ("for a few weeks",)),
        ("For 3 to 3 days.", ("for two to three days",)),
        ("4/5 on the right, 5/5 on the right.", ("four out of five on the right and five out of five on the left",)),
    ],
)
def test_invented(note: str, said: tuple[str, ...]) -> None:
    assert compared(note, *said).invented


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ("Denies fever.", ("Any fever?", "Yes.")),
        ("Reports fever.", ("Any fever?", "No.")),
        ("Has chest pain.", ("I don't have chest pain",)),
        ("No chest pain.", ("I have chest pain",)),
        ("Possible pneumonia.", ("there is no pneumonia",)),
        ("No pneumonia.", ("possible pneumonia",)),
        ("Does not snore.", ("I snore",)),
        ("Snores.", ("I don't snore",)),
        ("Pain in the right knee.", ("pain in the left knee",)),
        ("Pain in the right knee, rash on the left arm.", ("pain in my left knee and a rash on my right arm",)),
        ("Takes lisinopril 20 mcg.", ("lisinopril twenty milligrams",)),
        ("Lisinopril 500 mg, metformin 20 mg.", ("lisinopril 20 mg and metformin 500 mg",)),
        ("For 3 days.", ("for three weeks",)),
        ("Has diabetes.", ("", "my mother has diabetes")),
        ("Denies drug allergies, mentioned amoxicillin.", ("Any drug allergies?", "Yes.")),
    ],
)
def test_flipped(note: str, said: tuple[str, ...]) -> None:
    assert compared(note, *said).flipped


def test_missed() -> None:
    found = compared("Takes lisinopril.", "you take lisinopril and metformin 500 mg for diabetes")
    assert {fact.value for fact in found.missed} == {"metformin", "500", "500 mg", "diabetes"}


DRUGS = ["lisinopril", "metformin", "amlodipine", "warfarin", "prednisone", "atorvastatin"]
UNITS = ["mg", "mcg", "tablets", "units"]
PROBLEMS = ["chest pain", "fever", "nausea", "asthma", "headache", "a cough"]
SITES = ["knee", "shoulder", "eye", "hip"]
AMOUNTS = st.integers(2, 999)


@given(st.sampled_from(DRUGS), AMOUNTS, st.sampled_from(UNITS), st.data())
def test_a_changed_dose_is_always_found(drug: str, amount: int, unit: str, data: st.DataObject) -> None:
    said = f"Take {drug} {amount} {unit} every day."
    other = data.draw(AMOUNTS.filter(lambda value: value != amount))
    another = data.draw(st.sampled_from([name for name in DRUGS if name != drug]))
    unlike = data.draw(st.sampled_from([name for name in UNITS if name != unit]))
    assert compared(said, said).faithful
    assert not compared(f"Take {drug} {other} {unit} every day.", said).faithful
    assert not compared(f"Take {another} {amount} {unit} every day.", said).faithful
    assert not compared(f"Take {drug} {amount} {unlike} every day.", said).faithful


@given(st.lists(st.sampled_from(PROBLEMS), min_size=1, max_size=4, unique=True), st.booleans())
def test_a_turned_denial_is_always_found(problems: list[str], denied: bool) -> None:
    listed = ", ".join(problems)
    note, other = (f"Denies {listed}.", f"Reports {listed}.")[:: 1 if denied else -1]
    for said in (note, f"i {'do not have' if denied else 'have'} {listed}"):
        assert compared(note, said).faithful
        assert compared(other, said).flipped


@given(st.sampled_from(SITES), st.sampled_from(["left", "right"]), st.sampled_from(PROBLEMS))
def test_another_side_is_always_found(site: str, side: str, problem: str) -> None:
    other = {"left": "right", "right": "left"}[side]
    said = f"it is my {side} {site}, and {problem}"
    assert compared(f"The {side} {site}, {problem}.", said).faithful
    assert not compared(f"The {other} {site}, {problem}.", said).faithful


@given(
    st.lists(st.sampled_from([*PROBLEMS, *DRUGS, "no", "not", "left", "20 mg", ".", ",", "but", "mother"]), max_size=20)
)
def test_a_text_is_faithful_to_itself(words: list[str]) -> None:
    text = " ".join(words)
    assert compared(text, text) == Differences()


@settings(max_examples=60)
@given(st.text(max_size=80))
def test_any_text_can_be_read(text: str) -> None:
    assert all(0 <= fact.span.start <= fact.span.end <= len(text) for fact in read(text).facts)
    assert compared(text, text).faithful
