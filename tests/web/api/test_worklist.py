"""The worklist: what somebody sees, finds, claims, changes and hands on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from scribe.store.actor import ME, Actor
from tests.web.api.conftest import ADA, BEN, CLEO, DAN, QUINN, Opened

Person = Callable[[Actor], Opened]


def search(opened: Opened, **wanted: Any) -> Any:
    response = opened.client.post("/api/v1/encounters/search", json=wanted)
    assert response.status_code == 200, response.text
    return response.json()


def test_an_encounter_is_made_read_and_changed(as_person: Person) -> None:
    ada = as_person(ADA)
    made = ada.client.post(
        "/api/v1/encounters",
        json={"title": "Follow-up", "priority": "stat", "patient": {"name": "Ann Lee", "birth_date": "1970-02-03"}},
    )
    assert made.status_code == 201, made.text
    body = made.json()
    assert (body["state"], body["priority"], body["patient"]["birth_date"]) == ("recorded", "stat", "1970-02-03")
    assert body["clinician"] == {"id": ADA.user_id, "name": ADA.name}
    opened = Opened(ada.client, body["id"])
    assert body["next_states"] == []
    assert opened.post("state", {"to": "draft"}, 409)["code"] == "conflict"
    changed = opened.patch("", {"base_version": body["version"], "title": "Knee", "date_of_service": "2026-03-02"})
    assert (changed["title"], changed["date_of_service"], changed["patient"]["name"]) == (
        "Knee",
        "2026-03-02",
        "Ann Lee",
    )
    assert opened.patch("", {"base_version": body["version"], "title": "x"}, 409)["code"] == "conflict"
    assert opened.patch("", {"base_version": 2, "surprise": 1}, 422)["code"] == "invalid"
    assert opened.patch("", {"base_version": 2, "template": "no-such"}, 422)["code"] == "template"


def test_it_is_found_by_words_states_and_owner_and_counted_by_state(as_person: Person) -> None:
    ada, ben = as_person(ADA), as_person(BEN)
    assert [item["id"] for item in search(ada, text="hopper mrn-7")["items"]] == [ada.id]
    assert search(ada, text="nobody")["total"] == 0
    assert search(ada, text="'; DROP TABLE encounter; --")["total"] == 0
    assert search(ada, states=["draft"], priority="routine", clinician="me", overdue=False)["total"] == 1
    assert search(ada, states=["signed"])["counts"]["draft"] == 1
    assert search(ben, owner="none")["total"] == 1
    ben.post("claim")
    assert search(ben, owner="me")["items"][0]["owner"] == {"id": BEN.user_id, "name": BEN.name}
    assert search(ben, owner="none")["total"] == 0


def test_pages_follow_one_another(as_person: Person) -> None:
    ada = as_person(ADA)
    for number in range(4):
        ada.client.post("/api/v1/encounters", json={"title": f"visit {number}"})
    seen, cursor = [], None
    while True:
        page = search(ada, limit=2, sort="oldest", **({"cursor": cursor} if cursor else {}))
        seen += [item["title"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == ["Knee", "visit 0", "visit 1", "visit 2", "visit 3"]
    bad = ada.client.post("/api/v1/encounters/search", json={"cursor": "-1"})
    assert (bad.status_code, bad.json()["code"]) == (422, "cursor")


@pytest.mark.parametrize(
    ("person", "status"), [(ADA, 200), (DAN, 404), (BEN, 200), (CLEO, 200), (QUINN, 200), (ME, 200)]
)
def test_another_physician_does_not_see_it_and_the_pool_does_while_nobody_works_on_it(
    as_person: Person, person: Actor, status: int
) -> None:
    assert as_person(person).get("", status)
    assert as_person(person).get("transcript", status)
    assert search(as_person(person))["total"] == (status == 200)


def test_what_somebody_works_on_is_theirs(as_person: Person) -> None:
    ben = as_person(BEN)
    ben.post("claim")
    assert as_person(QUINN).get("", 404)["code"] == "notfound"
    ada = as_person(ADA)
    assert ada.post("claim", status=409)["code"] == "conflict"
    assert ada.get()["next_states"] == []
    assert ada.edit("transcript", 1, {"op": "resolve_flag", "flag": 0}, status=409)["code"] == "locked"
    assert ada.post("claim", {"take_over": True}, 422)["code"] == "reason"
    assert ada.post("claim", {"take_over": True, "reason": "patient waits"})["owner"]["id"] == ADA.user_id
    assert ben.get(status=404)
    assert ada.post("release")["owner"] is None
    assert ben.post("claim")["owner"]["id"] == BEN.user_id


def test_it_is_handed_on_and_sent_back_with_a_reason(as_person: Person) -> None:
    ben = as_person(BEN)
    assert set(ben.get()["next_states"]) >= {"in_correction", "qa", "awaiting_signature"}
    assert ben.post("state", {"to": "awaiting_signature"})["turnaround"]["stopped_at"]
    assert ben.post("state", {"to": "in_correction"}, 422)["code"] == "reason"
    assert ben.post("state", {"to": "in_correction", "reason": "Please check the dose."})["state"] == "in_correction"
    assert ben.post("state", {"to": "signed"}, 409)["code"] == "conflict"
    assert ben.post("state", {"to": "recorded"}, 409)
    assert ben.post("state", {"to": "nowhere"}, 422)


def test_whoever_hands_it_on_lets_it_go(as_person: Person) -> None:
    ben, quinn = as_person(BEN), as_person(QUINN)
    ben.post("claim")
    assert ben.post("state", {"to": "in_correction"})["owner"]["id"] == BEN.user_id, "they begin to correct it"
    assert ben.post("state", {"to": "qa"})["owner"] is None
    assert quinn.post("claim")["owner"]["id"] == QUINN.user_id
    assert quinn.post("state", {"to": "in_correction", "reason": "Once more."})["owner"] is None
    assert ben.post("claim")["owner"]["id"] == BEN.user_id


def test_an_unknown_encounter_is_not_found_and_an_odd_id_is_refused(as_person: Person) -> None:
    client = as_person(ME).client
    assert client.get("/api/v1/encounters/none").status_code == 404
    assert client.get("/api/v1/encounters/a%20b").status_code == 422
