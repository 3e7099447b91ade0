"""FHIR documents: two independent validators, the bindings they do not know, and what a receiver may rely on."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from fhir.resources.R4B.bundle import Bundle
from hypothesis import HealthCheck, given, settings

from scribe.export.fhir import Fhir
from scribe.sections import layout_rules, note_templates, problems
from scribe.types import Assertion, Note, Statement, SuggestionStatus, Transcript
from scribe.view import Letter, NoteView, plain
from tests.export.conftest import signed_note
from tests.export.strategies import letters, notes

NODE = Path(__file__).parents[1] / "node_modules" / "fhir"
VALIDATE = """
const {Fhir} = require(process.argv[1]);
const fhir = new Fhir();
const bundles = JSON.parse(require('fs').readFileSync(0));
const found = bundles.map(bundle => fhir.validate(bundle, {errorOnUnexpected: true}));
console.log(JSON.stringify(found.map(item => item.messages.filter(message => message.severity === 'error'))));
"""
NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
XHTML = "{http://www.w3.org/1999/xhtml}"
ALLOWED = {"div", "p", "b", "i", "ul", "li", "sup", "table", "thead", "tbody", "tr", "th", "td"}
# Required bindings and fixed values of R4 for the elements we write.
BINDINGS = {
    ("Bundle", "type"): {"document"},
    ("Composition", "status"): {"preliminary", "final", "amended", "entered-in-error"},
    ("Encounter", "status"): {
        *("planned", "arrived", "triaged", "in-progress", "onleave", "finished", "cancelled", "unknown")
    },
    ("attester", "mode"): {"personal", "professional", "legal", "official"},
    ("text", "status"): {"generated", "extensions", "additional", "empty"},
    ("deviceName", "type"): {
        *("udi-label-name", "user-friendly-name", "patient-reported-name", "manufacturer-name", "model-name", "other")
    },
    ("entity", "role"): {"derivation", "revision", "quotation", "source", "removal"},
}
VERIFICATION = {"unconfirmed", "provisional", "differential", "confirmed", "refuted", "entered-in-error"}
CLINICAL = {"active", "recurrence", "relapse", "inactive", "remission", "resolved"}


def bundle(note: Note, transcript: Transcript, view: NoteView | None = None) -> dict[str, Any]:
    tree: dict[str, Any] = json.loads(Fhir(now=lambda: NOW).export(note, transcript, view))
    return tree


def resources(tree: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [entry["resource"] for entry in tree["entry"] if entry["resource"]["resourceType"] == kind]


def one(tree: dict[str, Any], kind: str) -> dict[str, Any]:
    (found,) = resources(tree, kind)
    return found


def nodes(value: Any, name: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object with the name it stands under; a resource under its type."""
    if isinstance(value, dict):
        yield value.get("resourceType", name), value
        for key, item in value.items():
            yield from nodes(item, key)
    elif isinstance(value, list):
        for item in value:
            yield from nodes(item, name)


def check(tree: dict[str, Any]) -> None:
    """What R4 asks of a document, beside what the validators know."""
    Bundle.model_validate(tree)
    assert tree["identifier"]["system"]  # bdl-9
    assert tree["entry"][0]["resource"]["resourceType"] == "Composition"  # bdl-11
    urls = [entry["fullUrl"] for entry in tree["entry"]]
    assert len(urls) == len(set(urls))  # bdl-7
    for name, node in nodes(tree):
        for (kind, element), codes in BINDINGS.items():
            if kind == name and isinstance(node.get(element), str):
                assert node[element] in codes
        if "reference" in node:
            assert node["reference"] in urls
        assert node, name  # no empty object
        for value in node.values():
            assert value not in ("", None, [], {})
            if isinstance(value, str):
                assert value.strip()
                assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", value)
        if "div" in node:
            check_narrative(node["div"])
        if name == "section":
            assert {"text", "entry", "section"} & set(node)  # cmp-1
    for condition in resources(tree, "Condition"):
        assert condition["verificationStatus"]["coding"][0]["code"] in VERIFICATION
        if "clinicalStatus" in condition:
            assert condition["clinicalStatus"]["coding"][0]["code"] in CLINICAL
    check_reach(tree)


def check_narrative(div: str) -> None:
    tree = ElementTree.fromstring(div)
    assert tree.tag == f"{XHTML}div"
    for element in tree.iter():
        assert element.tag.removeprefix(XHTML) in ALLOWED
        assert not element.attrib
    assert "".join(tree.itertext()).strip()  # txt-2


def check_reach(tree: dict[str, Any]) -> None:
    """Every entry can be reached from the Composition; Provenance points at it."""
    by_url = {entry["fullUrl"]: entry["resource"] for entry in tree["entry"]}
    reached, waiting = set[str](), [tree["entry"][0]["fullUrl"]]
    waiting += [entry["fullUrl"] for entry in tree["entry"] if entry["resource"]["resourceType"] == "Provenance"]
    while waiting:
        url = waiting.pop()
        if url not in reached:
            reached.add(url)
            waiting += [node["reference"] for _, node in nodes(by_url[url]) if "reference" in node]
    assert reached == set(by_url)


def errors(trees: Sequence[dict[str, Any]]) -> list[list[dict[str, str]]]:
    """What npm `fhir` has against each Bundle."""
    if not (NODE.is_dir() and shutil.which("node")):
        pytest.skip("npm's fhir is not installed: run tests/services.sh")
    done = subprocess.run(
        ["node", "-e", VALIDATE, str(NODE)], input=json.dumps(trees), capture_output=True, text=True, check=True
    )
    found: list[list[dict[str, str]]] = json.loads(done.stdout)
    return found


def test_two_validators_accept_draft_and_record_in_every_template(note: Note, transcript: Transcript) -> None:
    linked = replace(note, sections=problems.linked(note.sections))
    trees = []
    for name, template in note_templates.shipped().items():
        for made in (replace(linked, template=name), signed_note(replace(linked, template=name), ("Added.",))):
            trees.append(bundle(made, transcript, layout_rules.lay_out(made, template)))
            check(trees[-1])
    assert errors(trees) == [[]] * len(trees)


def test_the_validator_in_use_finds_mistakes(note: Note, transcript: Transcript) -> None:
    broken = bundle(note, transcript)
    broken["entry"][0]["resource"]["status"] = "signed"
    broken["entry"][0]["resource"]["surprise"] = True
    assert len(errors([broken])[0]) == 2


def test_two_validators_accept_notes_of_odd_characters() -> None:
    trees: list[dict[str, Any]] = []

    @settings(max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(notes(), letters)
    def collect(note: Note, letter: Letter) -> None:
        for made in (note, signed_note(note, ("Added \x00 <b>.",))):
            tree = bundle(made, Transcript(()), replace(plain(made), letter=letter))
            check(tree)
            trees.append(tree)

    collect()
    assert len(trees) >= 40
    assert not [found for found in errors(trees) if found]


def test_a_draft_is_preliminary_by_the_machine_and_its_codes_are_unconfirmed(
    note: Note, transcript: Transcript, view: NoteView
) -> None:
    tree = bundle(note, transcript, view)
    composition = one(tree, "Composition")
    assert composition["status"] == "preliminary"
    assert "attester" not in composition
    device = next(entry["fullUrl"] for entry in tree["entry"] if entry["resource"]["resourceType"] == "Device")
    assert [author["reference"] for author in composition["author"]] == [device]
    conditions = resources(tree, "Condition")
    assert [item["code"]["coding"][0]["code"] for item in conditions] == ["M17.11", "E11.9", "I10"]
    assert {item["verificationStatus"]["coding"][0]["code"] for item in conditions} == {"unconfirmed"}
    assert one(tree, "Encounter")["status"] == "unknown"


def test_a_record_has_its_signer_and_only_what_was_accepted(
    signed: Note, transcript: Transcript, view: NoteView
) -> None:
    tree = bundle(signed, transcript, view)
    composition, condition = one(tree, "Composition"), one(tree, "Condition")
    doctor = one(tree, "Practitioner")
    assert doctor["name"] == [{"text": "Ada Okonkwo, MD"}]
    assert composition["status"] == "final"
    assert composition["author"][0]["reference"] == f"urn:uuid:{doctor['id']}"
    assert [(item["mode"], item["time"]) for item in composition["attester"]] == [
        ("legal", "2026-03-02T10:00:00+00:00"),
        ("legal", "2026-03-03T08:30:00+00:00"),
    ]
    assert composition["date"] == "2026-03-03T08:30:00+00:00"
    assert condition["code"]["coding"][0] == {
        "system": "http://hl7.org/fhir/sid/icd-10-cm",
        "version": "2026-04",
        "code": "M17.11",
        "display": "Unilateral primary osteoarthritis, right knee",
    }
    assert condition["verificationStatus"]["coding"][0]["code"] == "confirmed"
    assert condition["asserter"]["reference"] == f"urn:uuid:{doctor['id']}"
    assert composition["section"][-1]["title"] == "Addendum, March 3, 2026, 08:30 UTC"


def test_a_note_changed_after_signing_is_no_record(signed: Note, transcript: Transcript) -> None:
    section, *others = signed.sections
    changed = replace(section, statements=section.statements[1:])
    tree = bundle(replace(signed, sections=(changed, *others)), transcript)
    composition = one(tree, "Composition")
    assert composition["status"] == "preliminary"
    assert "attester" not in composition
    assert "changed after it was signed" in composition["text"]["div"]


def test_an_uncertain_diagnosis_is_provisional_and_a_history_is_not_active(note: Note, transcript: Transcript) -> None:
    knee, *others = note.suggestions
    unsure = replace(knee, evidence=(replace(knee.evidence[0], assertion=Assertion.POSSIBLE),))
    past = replace(knee, coding=replace(knee.coding, code="Z87.891"))
    decided = tuple(replace(item, status=SuggestionStatus.ACCEPTED) for item in (unsure, past, *others))
    conditions = resources(bundle(signed_note(replace(note, suggestions=decided)), transcript), "Condition")
    assert [item["verificationStatus"]["coding"][0]["code"] for item in conditions] == [
        *("provisional", "confirmed", "confirmed", "confirmed")
    ]
    assert ["clinicalStatus" in item for item in conditions] == [False, False, True, True]


def test_rejected_codes_and_codes_of_services_are_not_diagnoses(note: Note, transcript: Transcript) -> None:
    knee, sugar, _ = note.suggestions
    rejected = replace(knee, status=SuggestionStatus.REJECTED)
    service = replace(sugar, coding=replace(sugar.coding, system="hcpcs"))
    assert not resources(bundle(replace(note, suggestions=(rejected, service)), transcript), "Condition")


def test_nobody_is_made_up(note: Note, transcript: Transcript) -> None:
    tree = bundle(note, transcript)
    assert not resources(tree, "Practitioner")
    assert not resources(tree, "Organization")
    unknown = {
        "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}]
    }
    patient = one(tree, "Patient")
    assert patient["name"] == [unknown]
    assert {"birthDate", "identifier", "gender"} & set(patient) == set()
    known = one(bundle(note, transcript, replace(plain(note), letter=Letter())), "Patient")
    assert known == patient


def test_the_patient_and_the_practice_are_those_given(note: Note, transcript: Transcript, view: NoteView) -> None:
    tree = bundle(note, transcript, view)
    patient = one(tree, "Patient")
    assert (patient["name"], patient["birthDate"]) == ([{"text": "Jane Q. Example"}], "1958-07-04")
    assert patient["identifier"][0]["value"] == "0042-17"
    assert one(tree, "Organization")["name"] == "Riverside Family Practice"
    assert one(tree, "Encounter")["period"] == {"start": "2026-03-02"}


def test_sections_carry_their_codes_and_their_conditions(note: Note, transcript: Transcript) -> None:
    sections = tuple(replace(item, loinc="10164-2") for item in note.sections)
    linked = replace(note, sections=problems.linked(sections))
    view = layout_rules.lay_out(linked, note_templates.shipped()["soap"])
    titles = {node["title"]: node for name, node in nodes(bundle(linked, transcript, view)) if name == "section"}
    assert titles["History of present illness"]["code"]["coding"][0]["code"] == "10164-2"
    joint = titles["Assessment and plan"]
    assert joint["code"]["coding"][0] == {"system": "http://loinc.org", "code": "51847-2"}
    assert len(joint["entry"]) == 3
    assert "Osteoarthritis of the right knee." in joint["text"]["div"]


def test_what_a_machine_made_is_labelled_and_what_a_person_typed_is_not(note: Note, transcript: Transcript) -> None:
    heard = bundle(note, transcript)
    for kind in ("Composition", "Condition"):
        assert resources(heard, kind)[0]["meta"]["security"][0]["code"] == "AIAST"
    section = replace(note.sections[0], statements=(Statement("t", "Fever.", author="Ada Okonkwo, MD"),))
    typed = bundle(replace(note, sections=(section,), suggestions=(), queries=()), transcript)
    assert "meta" not in one(typed, "Composition")
    roles = [agent["type"]["coding"][0]["code"] for agent in one(typed, "Provenance")["agent"]]
    assert roles == ["assembler", "enterer"]


def test_provenance_leads_back_to_transcript_and_sound(signed: Note, transcript: Transcript) -> None:
    provenance = one(bundle(signed, transcript), "Provenance")
    sources = {item["what"]["display"]: item["what"]["identifier"]["value"] for item in provenance["entity"]}
    assert sources["recording"] == "cd" * 32
    assert len(sources["transcript"]) == 64
    roles = [agent["type"]["coding"][0]["code"] for agent in provenance["agent"]]
    assert roles == ["assembler", "author"]
    assert provenance["recorded"] == "2026-03-04T12:00:00+00:00"


def test_the_same_note_is_the_same_document(note: Note, signed: Note, transcript: Transcript) -> None:
    assert bundle(note, transcript) == bundle(note, transcript)
    first, second = bundle(note, transcript), bundle(signed, transcript)
    assert first["identifier"] != second["identifier"]
    assert one(first, "Patient")["id"] == one(second, "Patient")["id"]
