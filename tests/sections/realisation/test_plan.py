"""Problems by short names, and what is to be done."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from scribe.sections.realisation import plan
from scribe.sections.realisation.told import Told
from scribe.types import Basis, Certainty, Claims, Polarity, Role, Time

PLANNED, IF = Claims(time=Time.PLANNED), Claims(time=Time.CONDITIONAL)


@pytest.mark.parametrize(
    ("concept", "claims", "attributes", "name"),
    [
        ("osteoarthritis", Claims(), {"side": "right", "site": "knee"}, "Osteoarthritis of the right knee."),
        ("knee pain", Claims(), {"side": "left"}, "Left knee pain."),
        ("kidney stones", Claims(), {"course": "getting worse"}, "Kidney stones, getting worse."),
        ("asthma", Claims(), {"side": "right"}, "Asthma."),
        ("bronchitis", Claims(certainty=Certainty.POSSIBLE), {}, "Possible bronchitis."),
        ("hypertension", Claims(), {"status": "not well controlled"}, "Hypertension, not well controlled."),
    ],
)
def test_problems(
    thing: Callable[..., Told], concept: str, claims: Claims, attributes: dict[str, str], name: str
) -> None:
    assert plan.problem(thing("problem", concept, claims=claims, **attributes)) == name


@pytest.mark.parametrize(
    ("kind", "concept", "claims", "attributes", "item"),
    [
        (
            "medication",
            "lasix",
            PLANNED,
            {"action": "increase", "dose": "to 80 mg", "frequency": "once a day"},
            "Increase lasix to 80 mg once a day.",
        ),
        ("medication", "lasix", PLANNED, {"action": "increase", "dose": "by 20 mg"}, "Increase lasix by 20 mg."),
        ("medication", "lasix", PLANNED, {"action": "increase", "dose": "20 mg"}, "Increase lasix 20 mg."),
        ("medication", "antibiotics", Claims(polarity=Polarity.ABSENT, time=Time.PLANNED), {}, "No antibiotics."),
        ("plan", "mri", IF, {"condition": "it's not better"}, "MRI if not better."),
        ("plan", "mri", IF, {"condition": "I mean you"}, ""),
        ("plan", "follow-up", PLANNED, {"when": "in two weeks"}, "Follow-up in two weeks."),
        ("plan", "physical therapy", Claims(basis=Basis.OFFERED), {}, "Offered physical therapy."),
        ("immunization", "flu shot", Claims(basis=Basis.DECLINED), {}, "Declines flu shot."),
    ],
)
def test_items(
    thing: Callable[..., Told], kind: str, concept: str, claims: Claims, attributes: dict[str, str], item: str
) -> None:
    told = thing(kind, concept, claims=claims, role=Role.CLINICIAN, **attributes)
    assert plan.is_item(told)
    assert plan.item(told) == item


def test_what_is_not_to_be_done(thing: Callable[..., Told]) -> None:
    assert not plan.is_item(thing("medication", "aspirin"))
    assert not plan.is_item(thing("plan", "mri", claims=Claims(time=Time.PLANNED, basis=Basis.ASKED)))
    assert not plan.is_item(thing("habit", "alcohol", claims=PLANNED))
    assert not plan.is_problem(thing("problem", "fracture", claims=Claims(polarity=Polarity.ABSENT)))
