"""Which findings are of one thing: rows written before the rules, and what must hold of any talk."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe.clinical import merging, reading
from scribe.config import ModelsSettings
from scribe.types import Attribute, AttributeKind, Claims, Finding, FindingKind, Polarity, Span
from tests.clinical.gold import asked_for, parted, rows, says, talk, written

ROWS = list(rows("merging.tsv"))
COUNT = re.compile(r" x(\d+)")


def told(said: str) -> list[tuple[str, int]]:
    """Each thing of a talk as the tables write it, and how many findings say it."""
    transcript = talk(said)
    found = reading.read(transcript, ModelsSettings())
    return [
        (written(replace(group[0], attributes=merging.told_of(group))), len(group))
        for group in merging.groups(found, transcript.text, transcript.roles)
    ]


def holds(thing: tuple[str, int], row: str) -> bool:
    count = COUNT.search(row)
    return says(thing[0], COUNT.sub("", row)) and (count is None or int(count[1]) == thing[1])


@pytest.mark.weights
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["said"][:70])
def test_groups(row: dict[str, str]) -> None:
    things = told(row["said"])
    wanted = asked_for(row["groups"])
    assert [item for item in wanted if not any(holds(one, item) for one in things)] == [], things
    assert [item for item in asked_for(row["not"]) if any(holds(one, item) for one in things)] == [], things
    for item in wanted:
        head = parted(COUNT.sub("", item))[0]
        alike = [one for one in wanted if parted(COUNT.sub("", one))[0] == head]
        assert len([one for one in things if says(one[0], head)]) == len(alike), things


@given(st.lists(st.sampled_from([row["said"] for row in ROWS]), max_size=4))
def test_every_finding_is_in_one_group(visits: list[str]) -> None:
    transcript = talk(" ".join(visits))
    found = reading.read(transcript, ModelsSettings())
    grouped = merging.groups(found, transcript.text, transcript.roles)
    assert sorted(one.id for group in grouped for one in group) == sorted(one.id for one in found)
    for group in grouped:
        assert len({(one.kind, one.claims.experiencer) for one in group}) == 1
        assert {one.kind for one in merging.told_of(group)} <= {a.kind for one in group for a in one.attributes}


def test_without_roles_the_later_holds() -> None:
    text = "fever no fever"
    found = [
        Finding("f1", FindingKind.SYMPTOM, "fever", Claims(), (Span(0, 5),)),
        Finding("f2", FindingKind.SYMPTOM, "fever", Claims(polarity=Polarity.ABSENT), (Span(9, 14),)),
    ]
    assert [one.id for one in merging.groups(found, text)[0]] == ["f2", "f1"]


def test_what_contradicts_the_first_tells_nothing() -> None:
    onset = Attribute(AttributeKind.ONSET, "today", Span(10, 15))
    found = [
        Finding("f1", FindingKind.SYMPTOM, "fever", Claims(polarity=Polarity.ABSENT), (Span(0, 5),)),
        Finding("f2", FindingKind.SYMPTOM, "fever", Claims(), (Span(20, 25),), (onset,)),
    ]
    assert merging.told_of(found) == ()
