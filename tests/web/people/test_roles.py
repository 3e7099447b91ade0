"""The role matrix: every route times every role, nobody, and somebody else's encounter, answers as the table says.

`routes.txt` says which permission each route needs; `scribe/web/permissions.py` who has it. A route that is not in
`routes.txt` fails: write there what it needs, and think about it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.dependencies.models import Dependant

from scribe.store.actor import SYSTEM, StaffRole
from scribe.store.records import State
from scribe.types import Encounter, Mode, Note, Transcript
from scribe.web import routers
from scribe.web.identity import Permitted
from scribe.web.permissions import ANYONE, PERMISSIONS

EXPECTED = {
    (method, path): permission
    for method, path, permission in (
        line.split() for line in (Path(__file__).parent / "routes.txt").read_text().splitlines()
    )
}
SEES_ALL = {(StaffRole.ADMIN, "job:read"), (StaffRole.ADMIN, "job:retry")}  # jobs hold nothing about a patient
ENDS_SESSION = {("DELETE", "/api/v1/session"), ("POST", "/api/v1/session/lock"), ("POST", "/api/v1/me/password")}


def permissions(dependant: Dependant) -> Iterator[str]:
    for dependency in dependant.dependencies:
        if isinstance(dependency.call, Permitted):
            yield dependency.call.permission
        yield from permissions(dependency)


def found() -> dict[tuple[str, str], list[str]]:
    """Every route of the workbench and the permissions it asks for."""
    routes: dict[tuple[str, str], list[str]] = {}
    for router in routers.routers():
        for route in router.routes:
            for method in sorted(getattr(route, "methods", None) or {"WS"}):
                routes[method, route.path] = list(dict.fromkeys(permissions(route.dependant)))  # type: ignore[attr-defined]
    return routes


FOUND = found()
HTTP = [name for name in FOUND if name[0] != "WS"]


@pytest.mark.parametrize("route", sorted(FOUND), ids=" ".join)
def test_each_route_asks_for_the_permission_that_was_decided(route: tuple[str, str]) -> None:
    assert route in EXPECTED, f"{' '.join(route)} has no line in routes.txt: which permission does it need?"
    assert FOUND[route] == [EXPECTED[route]]


def test_each_decision_names_a_permission_of_the_table() -> None:
    assert set(EXPECTED.values()) <= set(PERMISSIONS)


def test_the_openapi_document_has_no_route_beyond_them(clinic: Any) -> None:
    paths = clinic.visitor().get("/api/v1/openapi.json").json()["paths"]
    named = {(method.upper(), path) for path, item in paths.items() for method in item}
    assert named <= set(FOUND)


@pytest.mark.parametrize("role", list(StaffRole))
def test_least_privilege(role: StaffRole) -> None:
    """Whoever manages people or reads the trail sees no patient; whoever sees patients does neither."""
    mine = {name for name, roles in PERMISSIONS.items() if role in roles}
    clinical = {
        name for name in mine if re.match("encounter|recording|transcript|note|code|query|comment|document", name)
    }
    powers = {name for name in mine if re.match("user|token|audit", name)}
    assert not (clinical and powers)


def test_only_physicians_sign() -> None:
    for name in ("note:sign", "note:amend", "query:answer", "emergency:access"):
        assert PERMISSIONS[name] == {StaffRole.PHYSICIAN}


@pytest.fixture
def other(clinic: Any) -> dict[str, str]:
    """An encounter that somebody else dictated and works on, with a draft, a recording and a job; ids by parameter."""
    from scribe.store.actor import Actor

    stranger = Actor("somebody-else", "Somebody Else", frozenset({StaffRole.PHYSICIAN}))
    file = clinic.store.blobs.receive([b"RIFF"])
    with clinic.store.begin(stranger) as unit:
        made = unit.encounters.add(mode=Mode.VISIT, patient="Jane Doe", clinician_id=stranger.user_id)
        recording = unit.recordings.add(made.id, file, media_type="audio/wav")
        unit.encounters.claim(made.id)
    with clinic.store.begin(SYSTEM) as unit:
        job = unit.jobs.enqueue(made.id, "draft", audio_sha256=file.sha256, config_hash="0" * 64)
        unit.revisions.append(made.id, Transcript(()), base=0, reason="draft")
        unit.revisions.append(made.id, Note("", Encounter(made.id, Mode.VISIT), ()), base=0, reason="draft")
        unit.encounters.move(made.id, State.DRAFT)
    with clinic.store.begin(stranger) as unit:
        query = unit.queries.ask(made.id, "Which side?", options=("left", "right"))
        comment = unit.comments.add(made.id, "Please look again")
    ids = {"encounter_id": made.id, "recording_id": recording.id, "recording": recording.id, "job_id": job.id}
    return {**ids, "query_id": query.id, "query": query.id, "comment_id": comment.id, "comment": comment.id}


def smallest(schema: dict[str, Any], spec: dict[str, Any]) -> Any:
    """A small value that a schema of the OpenAPI document accepts."""
    while "$ref" in schema:
        schema = spec["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    for word in ("oneOf", "anyOf"):
        if word in schema:
            return smallest(schema[word][0], spec)
    if "allOf" in schema:
        return smallest(schema["allOf"][0], spec)
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    kind = schema.get("type")
    if kind == "object":
        return {name: smallest(schema["properties"][name], spec) for name in schema.get("required", ())}
    if kind == "array":
        return [smallest(schema["items"], spec) for _ in range(schema.get("minItems", 0))]
    if kind == "string":
        longest, shortest = schema.get("maxLength", 32), max(schema.get("minLength", 0), 1)
        fitting = (text * count for count in (shortest, min(32, longest)) for text in "xA0")
        text = next((text for text in fitting if re.search(schema.get("pattern", ""), text)), "x" * shortest)
        return {"date": "2026-01-02", "date-time": "2026-01-02T03:04:05Z"}.get(schema.get("format", ""), text)
    if kind in ("integer", "number"):
        return max(schema.get("minimum", 1), schema.get("exclusiveMinimum", 0) + 1)
    return False if kind == "boolean" else None


def asked(client: Any, spec: dict[str, Any], route: tuple[str, str], ids: dict[str, str]) -> Any:
    """The answer to a request that has the right form."""
    method, path = route
    operation = spec["paths"].get(path, {}).get(method.lower(), {})
    query = {
        item["name"]: smallest(item["schema"], spec)
        for item in operation.get("parameters", ())
        if item["in"] == "query" and item.get("required")
    }
    content = operation.get("requestBody", {}).get("content", {})
    body = smallest(content["application/json"]["schema"], spec) if "application/json" in content else None
    url = re.sub(r"{(\w+)}", lambda match: ids.get(match[1], "text" if match[1] == "format" else "unknown"), path)
    return client.request(method, url, params=query, json=body if body is not None else {}, follow_redirects=False)


def test_nobody_gets_nothing_but_the_way_in(clinic: Any, other: dict[str, str]) -> None:
    visitor = clinic.visitor()
    spec = visitor.get("/api/v1/openapi.json").json()
    for route in HTTP:
        answer = asked(visitor, spec, route, other)
        if EXPECTED[route] == ANYONE:
            assert answer.status_code < 500, route
        else:
            assert (answer.status_code, answer.json()["code"]) == (401, "signed-out"), route


@pytest.mark.parametrize("role", list(StaffRole))
def test_every_route_answers_a_role_as_the_table_says(clinic: Any, other: dict[str, str], role: StaffRole) -> None:
    client = clinic.as_(role)
    spec = client.get("/api/v1/openapi.json").json()
    for route in HTTP:
        if route in ENDS_SESSION or EXPECTED[route] == ANYONE:
            continue
        if role is StaffRole.PHYSICIAN and EXPECTED[route] == "emergency:access":
            continue  # tested by itself, as it opens what must stay closed here
        may = role in PERMISSIONS[EXPECTED[route]]
        answer = asked(client, spec, route, other)
        assert answer.status_code < 500, (route, answer.text)
        if not may:
            assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), route
        else:
            assert answer.status_code != 403 or answer.json()["code"] != "forbidden", route
            assert answer.status_code != 401 or answer.json()["code"] == "sign-in", route
        theirs = set(re.findall(r"{(\w+)}", route[1])) & set(other) and route[1].startswith("/api/v1/")
        if may and theirs and (role, EXPECTED[route]) not in SEES_ALL:
            # the sentence that is agreed to is checked first, whatever the encounter
            assert answer.status_code == 404 or answer.json()["code"] == "attestation", (route, answer.text)
        assert "Jane Doe" not in answer.text, route


def test_a_refusal_is_told_in_the_audit_trail(clinic: Any, other: dict[str, str]) -> None:
    clinic.as_("coder").get("/api/v1/users")
    assert clinic.as_("physician").get(f"/api/v1/encounters/{other['encounter_id']}").status_code == 404
    assert clinic.trail("role.refused")[0].object == "user:manage"
    refused = clinic.trail("encounter.read")[0]
    assert (refused.actor, refused.encounter, refused.outcome) == (
        clinic.ids["physician"],
        other["encounter_id"],
        "refused",
    )


def test_breaking_the_glass_opens_one_encounter_for_a_while_and_is_flagged(clinic: Any, other: dict[str, str]) -> None:
    physician, path = clinic.as_("physician"), f"/api/v1/encounters/{other['encounter_id']}"
    assert physician.get(path).status_code == 404
    search = {"text": "doe", "reason": "unconscious in the emergency room"}
    assert physician.post("/api/v1/emergency/search", json={**search, "reason": "because"}).status_code == 422
    hits = physician.post("/api/v1/emergency/search", json=search).json()
    assert [hit["patient"] for hit in hits] == ["Jane Doe"]
    opened = physician.post(f"/api/v1/emergency/{hits[0]['id']}", json={"reason": search["reason"]})
    assert opened.status_code == 200
    assert physician.get(path).status_code == 200
    row = clinic.trail("emergency.access")[0]
    assert (row.reason, row.encounter) == (search["reason"], other["encounter_id"])
    assert row.patient
    clinic.clock.forward(minutes=14)
    physician.post("/api/v1/session/seen")
    assert physician.get(path).status_code == 200
    for _ in range(4):
        clinic.clock.forward(minutes=14)
        physician.post("/api/v1/session/seen")
    assert physician.get(path).status_code == 404, "it was for an hour"
