"""The sections a note can have: title, group, LOINC code, order in the note, and the headings that name them.

LOINC codes are those of the C-CDA and IHE PCC section templates (HL7 value set `doc-section-codes`; 10167-5 is IHE's
"History of surgical procedures"; `OTHER` uses 48767-8, "Annotation comment", and
`ALSO_SAID` 77599-9, "Additional documentation").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from scribe.types import Section, SectionGroup, SectionKind, Statement

K = SectionKind
G = SectionGroup


@dataclass(frozen=True, slots=True)
class Entry:
    """What the catalog knows about one kind of section."""

    kind: SectionKind
    title: str
    group: SectionGroup
    loinc: str
    headings: tuple[str, ...]  # lower case, as spoken or written; the first is the usual one


CATALOG: tuple[Entry, ...] = (
    Entry(
        K.CHIEF_COMPLAINT,
        "Chief complaint",
        G.HISTORY,
        "10154-3",
        (
            "chief complaint",
            "chief complaints",
            "cc",
            "reason for visit",
            "reason for consultation",
            "presenting complaint",
        ),
    ),
    Entry(
        K.HPI,
        "History of present illness",
        G.HISTORY,
        "10164-2",
        (
            "history of present illness",
            "history of the present illness",
            "history of presenting complaint",
            "present illness",
            "hpi",
            "interval history",
            "brief history",
            "clinical history",
        ),
    ),
    Entry(
        K.PAST_MEDICAL,
        "Past medical history",
        G.HISTORY,
        "11348-0",
        (
            "past medical history",
            "past history",
            "medical history",
            "medical problems",
            "past medical problems",
            "pmh",
            "pmhx",
            "obstetric history",
            "gynecologic history",
            "past obstetrical history",
        ),
    ),
    Entry(
        K.SURGICAL,
        "Past surgical history",
        G.HISTORY,
        "10167-5",
        (
            "past surgical history",
            "surgical history",
            "past surgeries",
            "prior surgeries",
            "previous surgeries",
            "psh",
            "pshx",
        ),
    ),
    Entry(
        K.MEDICATIONS,
        "Medications",
        G.HISTORY,
        "10160-0",
        (
            "medications",
            "current medications",
            "medication",
            "current medication",
            "medication list",
            "home medications",
            "meds",
            "drug history",
            "medicines",
        ),
    ),
    Entry(
        K.ALLERGIES,
        "Allergies",
        G.HISTORY,
        "48765-2",
        ("allergies", "allergy", "drug allergies", "medication allergies", "known allergies"),
    ),
    Entry(
        K.IMMUNIZATIONS,
        "Immunizations",
        G.HISTORY,
        "11369-6",
        ("immunizations", "immunization", "immunisations", "vaccinations", "vaccines", "immunization history"),
    ),
    Entry(
        K.FAMILY,
        "Family history",
        G.HISTORY,
        "10157-6",
        ("family history", "family medical history", "family hx", "fh", "fhx"),
    ),
    Entry(
        K.SOCIAL,
        "Social history",
        G.HISTORY,
        "29762-2",
        ("social history", "social hx", "personal history", "habits", "sh", "shx"),
    ),
    Entry(
        K.ROS,
        "Review of systems",
        G.HISTORY,
        "10187-3",
        ("review of systems", "review of symptoms", "systems review", "systematic review", "ros"),
    ),
    Entry(K.OTHER, "Other", G.HISTORY, "48767-8", ("other", "miscellaneous", "comments", "additional comments")),
    Entry(
        K.VITALS,
        "Vital signs",
        G.EXAM,
        "8716-3",
        ("vital signs", "vitals", "vital signs today", "observations", "vitals reviewed"),
    ),
    Entry(
        K.EXAM,
        "Physical examination",
        G.EXAM,
        "29545-1",
        (
            "physical examination",
            "physical exam",
            "physical examination findings",
            "examination",
            "exam",
            "on examination",
            "on exam",
            "mental status examination",
            "mental status exam",
            "neurological examination",
            "pe",
        ),
    ),
    Entry(
        K.RESULTS,
        "Results",
        G.EXAM,
        "30954-2",
        (
            "results",
            "laboratory data",
            "laboratory results",
            "laboratory",
            "labs",
            "lab results",
            "lab data",
            "imaging",
            "imaging results",
            "radiology",
            "diagnostic studies",
            "diagnostic data",
            "investigations",
            "studies",
            "x-ray",
            "ekg",
            "ecg",
        ),
    ),
    Entry(
        K.ASSESSMENT,
        "Assessment",
        G.ASSESSMENT,
        "51848-0",
        (
            "assessment",
            "impression",
            "diagnosis",
            "diagnoses",
            "clinical impression",
            "final diagnosis",
            "final diagnoses",
            "discharge diagnosis",
            "discharge diagnoses",
            "admitting diagnosis",
            "preoperative diagnosis",
            "postoperative diagnosis",
            "problem list",
            "problems",
        ),
    ),
    Entry(
        K.PLAN,
        "Plan",
        G.PLAN,
        "18776-5",
        (
            "plan",
            "treatment plan",
            "plan of care",
            "plan of treatment",
            "recommendations",
            "recommendation",
            "disposition",
            "follow-up",
            "follow up",
            "instructions",
            "discharge instructions",
        ),
    ),
    Entry(K.ALSO_SAID, "Also said", G.PLAN, "77599-9", ("also said",)),
)

JOINT_HEADINGS: Mapping[str, tuple[SectionKind, ...]] = MappingProxyType(
    {
        "assessment and plan": (K.ASSESSMENT, K.PLAN),
        "assessment & plan": (K.ASSESSMENT, K.PLAN),
        "assessment/plan": (K.ASSESSMENT, K.PLAN),
        "assessment plan": (K.ASSESSMENT, K.PLAN),
        "a/p": (K.ASSESSMENT, K.PLAN),
        "a&p": (K.ASSESSMENT, K.PLAN),
        "impression and plan": (K.ASSESSMENT, K.PLAN),
        "impression/plan": (K.ASSESSMENT, K.PLAN),
        "impression and recommendations": (K.ASSESSMENT, K.PLAN),
        "past medical and surgical history": (K.PAST_MEDICAL, K.SURGICAL),
        "past medical/surgical history": (K.PAST_MEDICAL, K.SURGICAL),
        "family and social history": (K.FAMILY, K.SOCIAL),
        "social and family history": (K.SOCIAL, K.FAMILY),
        "medications and allergies": (K.MEDICATIONS, K.ALLERGIES),
        "allergies and medications": (K.ALLERGIES, K.MEDICATIONS),
        "subjective": tuple(entry.kind for entry in CATALOG if entry.group is G.HISTORY),
        "history": tuple(entry.kind for entry in CATALOG if entry.group is G.HISTORY),
        "objective": (K.EXAM, K.VITALS, K.RESULTS),
    }
)
"""Headings that open several sections at once: what follows goes to one of these kinds."""

BY_KIND: Mapping[SectionKind, Entry] = MappingProxyType({entry.kind: entry for entry in CATALOG})
HEADINGS: Mapping[str, tuple[SectionKind, ...]] = MappingProxyType(
    {heading: (entry.kind,) for entry in CATALOG for heading in entry.headings} | dict(JOINT_HEADINGS)
)

MTS_HEADERS: Mapping[str, SectionKind] = MappingProxyType(
    {
        "CC": K.CHIEF_COMPLAINT,
        "GENHX": K.HPI,
        "PASTMEDICALHX": K.PAST_MEDICAL,
        "GYNHX": K.PAST_MEDICAL,
        "PASTSURGICAL": K.SURGICAL,
        "PROCEDURES": K.SURGICAL,
        "FAM/SOCHX": K.SOCIAL,
        "MEDICATIONS": K.MEDICATIONS,
        "ALLERGY": K.ALLERGIES,
        "IMMUNIZATIONS": K.IMMUNIZATIONS,
        "ROS": K.ROS,
        "OTHER_HISTORY": K.OTHER,
        "EXAM": K.EXAM,
        "LABS": K.RESULTS,
        "IMAGING": K.RESULTS,
        "ASSESSMENT": K.ASSESSMENT,
        "DIAGNOSIS": K.ASSESSMENT,
        "PLAN": K.PLAN,
        "DISPOSITION": K.PLAN,
        "EDCOURSE": K.PLAN,
    }
)
"""The 20 section headers of MTS-Dialog (Ben Abacha et al. 2023) and the kind nearest to each.

The corpus has one header for family and social history, and most of its pieces are social. What was done in the
emergency department (EDCOURSE) and where the patient goes next (DISPOSITION) belong to the plan; procedures are asked
for as history. The four groups of a header are those of its kind.
"""

MTS_GROUPS: Mapping[str, SectionGroup] = MappingProxyType(
    {header: BY_KIND[kind].group for header, kind in MTS_HEADERS.items()}
)


def group_of(kind: SectionKind) -> SectionGroup:
    """The part of the note a kind belongs to."""
    return BY_KIND[kind].group


def section(kind: SectionKind, statements: tuple[Statement, ...], score: float = 1.0) -> Section:
    """A section of this kind, with its title, group and LOINC code from the catalog."""
    entry = BY_KIND[kind]
    return Section(kind, entry.title, entry.group, entry.loinc, statements, score)
