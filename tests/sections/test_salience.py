"""What is left out of a note that is to be read, and what never is."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from scribe.config import Config
from scribe.sections import compose, plain_text, salience
from scribe.sections.grammar import Grammar
from scribe.sections.said import Draft
from scribe.sections.tokens import read, render
from scribe.types import Mode, Role, SectionKind, Span

K = SectionKind
VISIT = """\
Doctor: Hello, what brings you in?
Patient: I have had a cough for two weeks.
Doctor: How was the weekend, did they come over?
Patient: We watched the game with them on TV.
Doctor: That sounds like a lot of fun, I watched the game as well on TV with them.
Doctor: Any allergies?
Patient: I'm allergic to penicillin.
Patient: I take metformin 500 mg twice a day.
Doctor: Any chest pain?
Patient: No."""


def draft(text: str, kind: SectionKind = K.HPI, role: Role | None = Role.PATIENT, *, problem: bool = False) -> Draft:
    return Draft(read(text, 0), (Span(0, len(text)),), "a", role, kind, 1.0, problem=problem)


@pytest.mark.parametrize(
    ("text", "kind", "role"),
    [
        ("Takes lisinopril 10 mg.", K.HPI, Role.PATIENT),
        ("Uses 2 puffs a day.", K.HPI, Role.PATIENT),
        ("Injects 20 units.", K.OTHER, Role.PATIENT),
        ("Stopped the warfarin.", K.MEDICATIONS, Role.PATIENT),
        ("Start amoxicillin.", K.PLAN, Role.CLINICIAN),
        ("Is not taking metformin.", K.HPI, Role.PATIENT),
        ("Is allergic to penicillin.", K.OTHER, Role.PATIENT),
        ("Had anaphylaxis once.", K.HPI, Role.PATIENT),
        ("It gave the patient hives.", K.ALLERGIES, Role.PATIENT),
        ("None.", K.ALLERGIES, Role.PATIENT),
        ("Has asthma and high blood pressure.", K.PAST_MEDICAL, Role.PATIENT),
        ("Blood pressure: 132 over 80.", K.VITALS, Role.CLINICIAN),
        ("Has felt off.", K.CHIEF_COMPLAINT, Role.PATIENT),
        ("Takes [inaudible 00:01:02] for it.", K.HPI, Role.PATIENT),
        ("[overlap 00:10].", K.OTHER, Role.PATIENT),
    ],
)
def test_what_can_harm_when_missing_stays(text: str, kind: SectionKind, role: Role) -> None:
    assert salience.must_stay(draft(text, kind, role))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("They closed the road.", K.HPI),
        ("Drinks water.", K.HPI),
        ("Has a new dog.", K.SOCIAL),
        ("Feels well today.", K.HPI),
        ("Blood pressure is taken at home.", K.VITALS),
    ],
)
def test_the_rest_is_weighed(text: str, kind: SectionKind) -> None:
    assert not salience.must_stay(draft(text, kind))


def test_a_problem_that_was_named_stays() -> None:
    assert salience.must_stay(draft("Hypertension.", K.ASSESSMENT, Role.CLINICIAN, problem=True))


def test_scores_are_probabilities_and_the_same_each_time() -> None:
    drafts = [draft("It gives out when walking."), draft("They closed the road."), draft("")]
    scores = salience.load().scores(drafts)
    assert scores == salience.load().scores(drafts)
    assert all(0 <= score <= 1 for score in scores)
    assert salience.load().scores([]) == []


def test_whatever_the_score_what_must_stay_is_kept_in_its_order() -> None:
    drafts = [
        draft("They closed the road."),
        draft("Takes metformin 500 mg."),
        draft("Is allergic to sulfa.", K.ALLERGIES),
        draft("Hypertension.", K.ASSESSMENT, Role.CLINICIAN, problem=True),
        draft("Takes [inaudible 00:01:02]."),
    ]
    assert salience.load().kept(drafts, enough=2.0) == drafts[1:]
    assert salience.load().kept(drafts, enough=0.0) == drafts


class Spoken:
    """Puts allergies and what people do into their sections, and all else into the history."""

    def classify(self, utterances: Sequence[tuple[str | None, str]]) -> Sequence[tuple[SectionKind, float]]:
        places = {"allerg": K.ALLERGIES, "game": K.SOCIAL}
        return [(next((kind for word, kind in places.items() if word in text), K.HPI), 1.0) for _, text in utterances]


@pytest.mark.weights
def test_a_brief_note_leaves_out_talk_and_a_full_one_nothing(tagger: Grammar) -> None:
    transcript = plain_text.read(VISIT)

    def note(brief: bool) -> list[str]:
        config = Config.model_validate({"sections": {"brief": brief}})
        made = compose.arrange(transcript, Mode.VISIT, Spoken(), config)
        return [item.text for section in made for item in section.statements]

    full, brief = note(False), note(True)
    drafted = compose.drafted(transcript, Spoken(), tagger)
    assert sorted(full) == sorted(render(one.tokens) for one in drafted)
    assert set(brief) < set(full)
    assert not any("game" in text for text in brief)
    for kept in ("Is allergic to penicillin.", "Takes metformin 500 mg twice a day.", "Denies chest pain."):
        assert kept in brief
