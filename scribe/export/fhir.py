"""A note as one FHIR R4 document: a Bundle whose first entry is the Composition, with everything it refers to inside.

Source: HL7 FHIR R4 (4.0.1), "FHIR Documents". What is not known is left out or marked as unknown; nobody's name
or birth is made up. While a note is no signed record its codes are `unconfirmed`; in a signed one there are only codes
that a person accepted. What a machine made carries the security label AIAST, "Artificial Intelligence asserted".
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property

from scribe import serial
from scribe.export import fhir_parts as parts
from scribe.export.fhir_parts import LOINC, TERMINOLOGY, Tree, concept, filled, instant, iso_day, reference, uuid
from scribe.export.layout import clock, excerpt
from scribe.export.paper import NOTHING, Paper, clean, line, moment, signed_by
from scribe.types import Assertion, CodeSuggestion, Mode, Note, SectionKind, Signature, SuggestionStatus, Transcript
from scribe.view import Block, NoteView

# LOINC codes of documents by the name of the note template (US Core clinical note types, and LOINC 34111-5).
TYPES: Mapping[str, tuple[str, str]] = {
    "soap": ("11506-3", "Progress note"),
    "progress": ("11506-3", "Progress note"),
    "h-and-p": ("34117-2", "History and physical note"),
    "consult": ("11488-4", "Consult note"),
    "procedure": ("28570-0", "Procedure note"),
    "ed": ("34111-5", "Emergency department Note"),
}
ANY_NOTE = ("34109-9", "Note")
JOINT = {frozenset({SectionKind.ASSESSMENT, SectionKind.PLAN}): "51847-2"}  # a code for the two together
ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
URI = "urn:ietf:rfc:3986"
MACHINE = parts.coding(f"{TERMINOLOGY}/v3-ObservationValue", "AIAST", "Artificial Intelligence asserted")
UNKNOWN = {"extension": [{"url": parts.ABSENT, "valueCode": "unknown"}]}


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Fhir:
    """Composition with its sections, Conditions, Encounter, Patient, Practitioners, Device and Provenance."""

    now: Callable[[], datetime] = field(default=_now, repr=False)
    suffix: str = ".fhir.json"
    media_type: str = "application/fhir+json"

    def export(self, note: Note, transcript: Transcript, view: NoteView | None = None) -> bytes:
        """The Bundle as UTF-8."""
        bundle = _Bundle(Paper(note, transcript, view), self.now())
        return (json.dumps(bundle.tree(), ensure_ascii=False, indent=1) + "\n").encode()


@dataclass(frozen=True)
class _Bundle:
    """The resources of one note. Each has an identity that stays the same when the note is exported again."""

    paper: Paper
    now: datetime

    @property
    def note(self) -> Note:
        return self.paper.note

    def tree(self) -> Tree:
        """The whole Bundle, empty elements left out."""
        resources = [
            self._composition(),
            self._patient(),
            self._encounter(),
            self._device(),
            *([self._organization()] if self.practice else []),
            *(self._practitioner(name) for name in self.people),
            *(self._condition(suggestion) for suggestion in self.codes),
            self._provenance(),
        ]
        edition = uuid("bundle", self.note.id, self.note.revision, self.paper.status, len(self.note.addenda))
        return {
            "resourceType": "Bundle",
            "id": edition,
            "identifier": {"system": URI, "value": f"urn:uuid:{edition}"},
            "type": "document",
            "timestamp": instant("", self.now),
            "entry": [{"fullUrl": f"urn:uuid:{resource['id']}", "resource": resource} for resource in resources],
        }

    # --- who and what
    def _id(self, kind: str, *more: object) -> str:
        return uuid(kind, self.note.id, *more)

    @cached_property
    def signers(self) -> tuple[Signature, ...]:
        """The signatures under the note and its addenda; none while it is no signed record."""
        added = tuple(addendum.signature for addendum in self.note.addenda)
        return () if self.paper.draft else (*self.paper.signatures, *added)

    @cached_property
    def people(self) -> tuple[str, ...]:
        """Names of the practitioners: who signed, who typed, and who is named as the clinician; each once."""
        signed = (signature.author for signature in self.signers)
        typed = (statement.author for statement in self.note.statements if statement.author)
        named = (parts.string(name) for name in (*signed, *typed, self.paper.letter.about.clinician))
        return tuple(name for name in dict.fromkeys(named) if name)

    def person(self, name: str) -> Tree:
        """A reference to a practitioner."""
        name = parts.string(name)
        return reference(self._id("practitioner", name), name) if name in self.people else dict(UNKNOWN)

    @property
    def practice(self) -> str:
        """The name of the practice whose letterhead it is; empty where there is none."""
        return parts.string(self.paper.letter.practice.name) if self.paper.letter.practice else ""

    @property
    def patient(self) -> Tree:
        """A reference to the patient."""
        return reference(self._id("patient"))

    @property
    def encounter(self) -> Tree:
        """A reference to the encounter."""
        return reference(self._id("encounter"))

    @property
    def meta(self) -> Tree:
        """The label of what a machine had a part in; nothing on a note that people typed."""
        heard = any(statement.heard for statement in self.note.statements)
        return {"security": [dict(MACHINE)]} if heard else {}

    @cached_property
    def codes(self) -> tuple[CodeSuggestion, ...]:
        """The diagnoses to tell of: the accepted ones, and in a draft those that are only proposed, too."""
        shown = {SuggestionStatus.ACCEPTED} | ({SuggestionStatus.PROPOSED} if self.paper.draft else set())
        found = [item for item in self.note.suggestions if item.status in shown and item.coding.system == "icd10cm"]
        return tuple({item.coding.code: item for item in found}.values())

    # --- the resources
    def _composition(self) -> Tree:
        identity = self._id("composition", self.note.revision, self.paper.status, len(self.note.addenda))
        code, display = TYPES.get(self.note.template, ANY_NOTE)
        authors = [self.person(signature.author) for signature in self.paper.signatures] if self.signers else []
        head = [f"{name}: {value}" for name, value in self.paper.fields]
        head += [f"{signed_by(signature)}. {signature.attestation}" for signature in self.signers]
        last = self.signers[-1].at if self.signers else ""
        return filled(
            resourceType="Composition",
            id=identity,
            meta=self.meta,
            language=parts.string(self.paper.transcript.language),
            text=parts.narrative(parts.paragraphs([self.paper.title, self.paper.banner, *head])),
            identifier=filled(value=parts.string(self.note.id)),
            status="preliminary" if self.paper.draft else str(self.note.status),
            type=concept(LOINC, code, display),
            subject=self.patient,
            encounter=self.encounter,
            date=instant(last, self.now),
            author=_each_once(authors) or [reference(self._id("device"), "scribe")],
            title=self.paper.title or "Clinical note",
            attester=[
                {"mode": "legal", "time": instant(signature.at, self.now), "party": self.person(signature.author)}
                for signature in self.signers
            ],
            custodian=reference(self._id("organization")) if self.practice else {},
            section=[*self._sections(), *self._addenda()],
        )

    def _sections(self) -> list[Tree]:
        """The blocks of the view as nested sections: one of level 2 belongs to the one of level 1 before it."""
        made: list[tuple[int, Tree]] = []
        top: list[Tree] = []
        for block, part in zip(self.paper.view.blocks, self.paper.parts, strict=True):
            section = filled(
                title=part.heading,
                code=self._section_code(block),
                text=parts.narrative(body, "additional") if (body := parts.rows(part)) else {},
                entry=self._entries(block),
            )
            while made and made[-1][0] >= part.level:
                made.pop()
            (made[-1][1].setdefault("section", []) if made else top).append(section)
            made.append((part.level, section))
        filled_ones = [section for section in map(_pruned, top) if section]
        return filled_ones or [filled(title=self.paper.title, text=parts.narrative(parts.paragraphs([NOTHING])))]

    def _section_code(self, block: Block) -> Tree:
        """The LOINC code of a section that shows one kind, or kinds that have a code together."""
        kinds = frozenset(block.kinds)
        known = {section.kind: section.loinc for section in self.note.sections}
        code = JOINT.get(kinds) or (known.get(block.kinds[0], "") if len(kinds) == 1 else "")
        return concept(LOINC, code) if code else {}

    def _entries(self, block: Block) -> list[Tree]:
        """The conditions that rest on words of this block's rows."""
        shown = {name for row in block.rows for name in row.statement_ids}
        resting = [item for item in self.codes if any(evidence.statement_id in shown for evidence in item.evidence)]
        return [reference(self._id("condition", item.coding.code)) for item in resting]

    def _addenda(self) -> Iterator[Tree]:
        for addendum in self.note.addenda:
            told = [*clean(addendum.text).splitlines(), f"{signed_by(addendum.signature)}."]
            yield filled(
                title=f"Addendum, {moment(addendum.signature.at)}",
                author=[self.person(addendum.signature.author)] if self.signers else [],
                text=parts.narrative(parts.paragraphs(told), "additional"),
            )

    def _patient(self) -> Tree:
        about = self.paper.letter.about
        name, number = parts.string(about.patient), parts.string(about.record_number)
        told = [("Patient", name or "not named in this document"), ("record number", number), ("born", about.born)]
        kind = concept(f"{TERMINOLOGY}/v2-0203", "MR", "Medical record number")
        return filled(
            resourceType="Patient",
            id=self._id("patient"),
            text=parts.narrative(parts.fields(told)),
            identifier=[{"type": kind, "value": number}] if number else [],
            name=[{"text": name} if name else dict(UNKNOWN)],
            birthDate=iso_day(about.born),
        )

    def _encounter(self) -> Tree:
        encounter, clinician = self.note.encounter, self.paper.letter.about.clinician
        day, number = iso_day(encounter.date_of_service), parts.string(encounter.id)
        ambulatory = parts.coding(f"{TERMINOLOGY}/v3-ActCode", "AMB", "ambulatory")
        unknown = parts.coding(f"{TERMINOLOGY}/v3-NullFlavor", "UNK", "unknown")
        return filled(
            resourceType="Encounter",
            id=self._id("encounter"),
            text=parts.narrative(
                parts.fields([("Encounter", parts.string(encounter.id) or "one"), ("date of service", day)])
            ),
            identifier=[{"value": number}] if number else [],
            status="unknown" if self.paper.draft else "finished",
            class_=ambulatory if encounter.mode is Mode.VISIT else unknown,
            subject=self.patient,
            participant=[{"individual": self.person(clinician)}] if parts.string(clinician) else [],
            period=filled(start=day),
            diagnosis=[{"condition": reference(self._id("condition", item.coding.code))} for item in self.codes],
        )

    def _device(self) -> Tree:
        made_by = self.note.provenance or self.paper.transcript.provenance
        versions = [(name, version) for name, version in made_by.versions] if made_by else []
        versions += [(f"weights {name}, SHA-256", digest) for name, digest in made_by.weights] if made_by else []
        versions += [("settings, SHA-256", made_by.config_hash)] if made_by and made_by.config_hash else []
        return filled(
            resourceType="Device",
            id=self._id("device"),
            text=parts.narrative(parts.fields([("Software", "scribe"), *versions])),
            deviceName=[{"name": "scribe", "type": "user-friendly-name"}],
            type={"text": "Clinical documentation software"},
            version=[
                {"type": {"text": parts.string(name)}, "value": parts.string(version)}
                for name, version in versions
                if parts.string(name) and parts.string(version)
            ],
        )

    def _organization(self) -> Tree:
        address = self.paper.letter.practice.lines if self.paper.letter.practice else ()
        return filled(
            resourceType="Organization",
            id=self._id("organization"),
            text=parts.narrative(parts.paragraphs([self.practice, *address])),
            name=self.practice,
            address=[{"text": parts.string(", ".join(address))}] if parts.string("".join(address)) else [],
        )

    def _practitioner(self, name: str) -> Tree:
        told = parts.narrative(parts.paragraphs([name]))
        identity = self._id("practitioner", name)
        return {"resourceType": "Practitioner", "id": identity, "text": told, "name": [{"text": name}]}

    def _condition(self, suggestion: CodeSuggestion) -> Tree:
        code = suggestion.coding
        signed = not self.paper.draft
        claims = {evidence.assertion for evidence in suggestion.evidence}
        current = Assertion.PRESENT in claims and not code.code.startswith("Z")
        certain = "confirmed" if claims != {Assertion.POSSIBLE} else "provisional"
        return filled(
            resourceType="Condition",
            id=self._id("condition", code.code),
            meta=self.meta,
            text=parts.narrative(parts.paragraphs([f"{code.code} {code.display}"])),
            clinicalStatus=concept(f"{TERMINOLOGY}/condition-clinical", "active") if current else {},
            verificationStatus=concept(f"{TERMINOLOGY}/condition-ver-status", certain if signed else "unconfirmed"),
            category=[concept(f"{TERMINOLOGY}/condition-category", "encounter-diagnosis", "Encounter Diagnosis")],
            code=concept(ICD10CM, code.code, code.display, version=code.version),
            subject=self.patient,
            encounter=self.encounter,
            asserter=self.person(self.paper.signatures[0].author) if signed else {},
            note=[{"text": text} for text in self._evidence(suggestion)],
        )

    def _evidence(self, suggestion: CodeSuggestion) -> Iterator[str]:
        """The words of the note that the code rests on, and when they were said."""
        for evidence in suggestion.evidence:
            statement = self.note.statement(evidence.statement_id)
            said = line("".join(excerpt(statement.text, evidence.span)))
            at = f" ({clock(statement.seconds[0].start)})" if statement.seconds else ""
            yield f"Rests on \u201c{said}\u201d{at}"

    def _provenance(self) -> Tree:
        signed = _each_once([self.person(signature.author) for signature in self.signers])
        writers = {parts.string(statement.author or "") for statement in self.note.statements}
        writers -= {parts.string(signature.author) for signature in self.signers}
        typed = [name for name in self.people if name in writers]
        agents = [("assembler", reference(self._id("device"), "scribe"))]
        agents += [("author", who) for who in signed] + [("enterer", self.person(name)) for name in typed]
        conditions = [reference(self._id("condition", item.coding.code)) for item in self.codes]
        composition = reference(self._id("composition", self.note.revision, self.paper.status, len(self.note.addenda)))
        return filled(
            resourceType="Provenance",
            id=self._id("provenance", self.note.revision, self.paper.status, len(self.note.addenda)),
            text=parts.narrative(parts.fields([("Source " + name, digest) for name, digest in self._sources()])),
            target=[composition, *conditions],
            recorded=instant("", self.now),
            agent=[
                {"type": concept(f"{TERMINOLOGY}/provenance-participant-type", role), "who": who}
                for role, who in agents
            ],
            entity=[
                {
                    "role": "source",
                    "what": {"identifier": {"type": {"text": "SHA-256"}, "value": digest}, "display": name},
                }
                for name, digest in self._sources()
            ],
        )

    def _sources(self) -> list[tuple[str, str]]:
        """The transcript as `transcript.json` holds it, and the sound, each by its hash."""
        made_by = self.note.provenance or self.paper.transcript.provenance
        text = serial.dumps(self.paper.transcript).encode("utf-8", "surrogatepass")
        found = [("transcript", hashlib.sha256(text).hexdigest())]
        heard = parts.string(made_by.source_sha256) if made_by else ""
        return [*found, ("recording", heard)] if heard else found


def _each_once(references: list[Tree]) -> list[Tree]:
    return list({json.dumps(item, sort_keys=True): item for item in references}.values())


def _pruned(section: Tree) -> Tree:
    """A section without inner ones that are empty; nothing where nothing is left (invariant cmp-1)."""
    inner = [found for found in map(_pruned, section.get("section", [])) if found]
    kept = {name: value for name, value in section.items() if name != "section"} | ({"section": inner} if inner else {})
    return kept if {"text", "entry", "section"} & set(kept) else {}
