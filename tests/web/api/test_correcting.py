"""A real draft is corrected over the API until it equals the reference transcript: no word lost, times in order."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from scribe import pipeline
from scribe.config import Config
from scribe.review.retime import aligned
from scribe.store.actor import SYSTEM, Actor
from scribe.store.records import State
from scribe.store.store import Store
from scribe.types import Mode
from tests.web import osce
from tests.web.api.conftest import ADA, BEN, Opened

SECONDS = 60.0


@pytest.mark.weights
def test_a_real_draft_is_corrected_until_it_equals_the_reference(
    client_of: Callable[[Actor], object], store: Store, shared_data: Path
) -> None:
    config = Config()
    _, draft = osce.draft(shared_data, config, SECONDS)
    note = pipeline.draft(draft, config, mode=Mode.VISIT).note
    with store.begin(SYSTEM) as unit:
        encounter = unit.encounters.add(mode=Mode.VISIT, clinician_id=ADA.user_id)
        unit.revisions.append(encounter.id, draft, base=0, reason="draft")
        unit.revisions.append(encounter.id, note, base=0, reason="draft")
        unit.encounters.move(encounter.id, State.TRANSCRIBING)
        unit.encounters.move(encounter.id, State.DRAFT)
    wanted = osce.reference(shared_data, draft)
    people = [Opened(client_of(person), encounter.id) for person in (BEN, ADA)]  # type: ignore[arg-type]
    correct(people, wanted)

    after = people[0].get("transcript")
    words = after["words"]
    assert [word["text"].strip() for word in words] == [word for _, word in wanted]
    assert [word["speaker"] for word in words] == [speaker for speaker, _ in wanted]
    starts = [word["start"] for word in words]
    assert starts == sorted(starts)
    assert all(word["start"] <= word["end"] <= after["duration"] for word in words)
    kept = sum("author" not in word for word in words)
    assert kept > len(words) / 2  # most of the draft was right, and stayed as it was recognised
    for section in people[0].get("note")["sections"]:
        for statement in section["statements"]:
            assert all(place["first"] + place["count"] <= len(words) for place in statement["heard"])


def correct(people: list[Opened], wanted: list[tuple[str, str]]) -> None:
    """Correct what differs place by place, in any order, two people in turn; then who said it."""
    random = Random(7)
    for _ in range(2 * len(wanted)):
        person = random.choice(people)
        body = person.get("transcript")
        texts = [word["text"].strip() for word in body["words"]]
        places = [item for item in aligned(texts, [word for _, word in wanted]) if not item[0]]
        if not places:
            break
        _, here, there = random.choice(places)
        text = " ".join(word for _, word in wanted[there])
        op = {"op": "replace_words", "first": here.start, "count": here.stop - here.start, "text": text}
        person.edit("transcript", body["revision"], op)
    body = people[0].get("transcript")
    ops, at = [], 0
    while at < len(wanted):
        end = at
        while end < len(wanted) and wanted[end][0] == wanted[at][0]:
            end += 1
        ops.append({"op": "assign_speaker", "first": at, "count": end - at, "speaker": wanted[at][0]})
        at = end
    people[0].edit("transcript", body["revision"], *ops)
