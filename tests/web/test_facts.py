"""What the checks of the workbench are told: in which kinds of facts an edited statement differs from what was said."""

from __future__ import annotations

import pytest

from scribe.config import Config
from scribe.web.facts import facts

FACTS = facts(Config().models)


def differs(text: str, *said: str) -> tuple[str, ...]:
    """`said` is what clinician and patient say in turn."""
    return FACTS.differs(text, [("a" if at % 2 == 0 else "b", piece) for at, piece in enumerate(said)])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Denies fever.", ("Any fever?", "No.")),
        ("Reports chest pain.", ("Any chest pain?", "Yes.")),
        ("Takes lisinopril 20 mg daily.", ("so you take lisinopril twenty milligrams every day",)),
        ("BP 120/80.", ("one twenty over eighty",)),
        ("Mother had diabetes.", ("", "my mother had diabetes")),
        ("The patient denies pain in the left knee.", ("I have no pain in my left knee",)),
        ("Left knee pain for 3 weeks.", ("my left knee has been hurting for three weeks, pain all day",)),
        ("Takes ibuprofen 400 mg daily.", ("I take ibuprofen 400 mg daily .",)),
    ],
)
def test_what_says_the_same_does_not_differ(text: str, said: tuple[str, ...]) -> None:
    assert differs(text, *said) == ()


@pytest.mark.parametrize(
    ("text", "said", "kind"),
    [
        ("Takes lisinopril 40 mg.", ("you take lisinopril twenty milligrams",), "number"),
        ("For 3 to 3 days.", ("for two to three days",), "number"),
        ("For 3 days.", ("for three weeks",), "number"),
        ("Takes lisinopril 20 mcg.", ("lisinopril twenty milligrams",), "dose"),
        ("Lisinopril 500 mg, metformin 20 mg.", ("lisinopril 20 mg and metformin 500 mg",), "dose"),
        ("Takes lisinopril and metformin.", ("you take lisinopril",), "drug"),
        ("Chest pain with nausea.", ("chest pain",), "term"),
        ("Pain in the left knee.", ("pain in the knee",), "side"),
        ("Pain in the right knee.", ("pain in the left knee",), "side"),
        ("Denies fever.", ("Any fever?", "Yes."), "denial"),
        ("Reports fever.", ("Any fever?", "No."), "denial"),
        ("Has chest pain.", ("I don't have chest pain",), "denial"),
        ("Does not snore.", ("I snore",), "denial"),
        ("Snores.", ("I don't snore",), "denial"),
        ("Mother had asthma.", ("I had asthma",), "relative"),
        ("Has diabetes.", ("", "my mother has diabetes"), "relative"),
    ],
)
def test_what_says_otherwise_differs(text: str, said: tuple[str, ...], kind: str) -> None:
    assert kind in differs(text, *said)


def test_facts_of_a_text_can_be_compared() -> None:
    one, other = FACTS.of("Denies fever. Lisinopril 20 mg."), FACTS.of("Reports fever. Lisinopril 20 mg.")
    assert {name.split(":")[1] for name in one ^ other} == {"fever"}
    assert FACTS.of("Hello.") == frozenset()
