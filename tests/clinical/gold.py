"""Rows of gold: what a talk or a sentence says, how a finding is written in a row, and how many rows are read right.

python -m tests.clinical.gold visits.tsv mentions_told.tsv     # figures and, row by row, what is wrong
python -m tests.clinical.gold --figures visits_held.tsv        # figures alone
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from scribe.clinical import people, reading
from scribe.clinical.mentions import Mentions
from scribe.config import ModelsSettings
from scribe.types import (
    PATIENT,
    Basis,
    Certainty,
    Claims,
    Finding,
    Polarity,
    Role,
    Segment,
    Span,
    SpeakerRole,
    Time,
    Transcript,
    Word,
)

HERE = Path(__file__).parent
ROLES = {"D": Role.CLINICIAN, "P": Role.PATIENT}


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of a table of this folder; a cell that is not there is empty."""
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    lines = [line for line in lines if not line.startswith("#")]
    yield from csv.DictReader(lines, restval="", delimiter="\t", quoting=csv.QUOTE_NONE)


def talk(said: str) -> Transcript:
    """A transcript of "D: ... P: ..."."""
    words = []
    for speaker, text in re.findall(r"([DP]): (.*?)(?= [DP]: |$)", said):
        words += [Word(0.0, 0.0, f" {word}", 1.0, speaker) for word in text.split()]
    roles = tuple(SpeakerRole(speaker, role, 1.0) for speaker, role in ROLES.items())
    return Transcript((Segment(tuple(words)),), roles=roles, timed=False)


def findings(said: str) -> list[Finding]:
    """What a talk says."""
    return list(reading.read(talk(said), ModelsSettings()))


def claim(finding: Finding) -> str:
    """The claim of a finding that stands out."""
    claims = finding.claims
    if claims.basis is not Basis.EXPERIENCED:
        return claims.basis.value
    if claims.polarity is Polarity.ABSENT:
        return "absent"
    if claims.experiencer != PATIENT:
        return _whose(claims)
    if claims.time in (Time.CONDITIONAL, Time.PLANNED):
        return claims.time.value
    if claims.certainty is Certainty.POSSIBLE:
        return "possible"
    return "present" if claims.time is Time.CURRENT else claims.time.value


def label(claims: Claims) -> str:
    """The claim about a mention that stands out, as the tables of mentions write it."""
    if claims.basis is not Basis.EXPERIENCED:
        return claims.basis.value
    if claims.experiencer != PATIENT:
        return _whose(claims)
    if claims.time in (Time.CONDITIONAL, Time.PLANNED):
        return claims.time.value
    if claims.polarity is Polarity.ABSENT:
        return "absent"
    if claims.certainty is Certainty.POSSIBLE:
        return "possible"
    return "present" if claims.time is Time.CURRENT else claims.time.value


def _whose(claims: Claims) -> str:
    return claims.experiencer if claims.experiencer == people.OTHER else f"relative:{claims.experiencer}"


def mention(row: str) -> Claims:
    """The claims about the mention in [brackets]."""
    start, end = row.index("["), row.index("]") - 1
    return Mentions(row.replace("[", "").replace("]", "")).claims(Span(start, end))


def written(finding: Finding) -> str:
    """A finding as the tables write it, with all of its attributes."""
    told = " ".join(f"{one.kind.value}={one.text.lower()}" for one in finding.attributes)
    return f"{finding.kind.value} {finding.concept} {claim(finding)} {told}".strip()


def parted(item: str) -> tuple[str, tuple[str, ...]]:
    """What a row asks for: kind, concept and claim, then the attributes."""
    head, *told = re.split(r" (?=[a-z-]+=)", item.strip())
    return head, tuple(one.lower() for one in told)


def says(finding: str, row: str) -> bool:
    """Whether a finding has what a row of the table asks for."""
    head, told = parted(row)
    return (finding == head or finding.startswith(f"{head} ")) and all(one in finding for one in told)


def asked_for(cell: str) -> list[str]:
    """The items of a cell."""
    return [item.strip() for item in cell.split(";") if item.strip()]


@dataclass(frozen=True, slots=True)
class Score:
    """Counts over rows: findings by kind, concept and claim; the attributes that rows name; whole rows."""

    right: int = 0
    wanted: int = 0
    found: int = 0
    told: int = 0
    told_wanted: int = 0
    clean: int = 0
    rows: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(*(getattr(self, one) + getattr(other, one) for one in self.__slots__))

    def __str__(self) -> str:
        return (
            f"precision {self.right / max(1, self.found):.3f}, recall {self.right / max(1, self.wanted):.3f} "
            f"({self.right} of {self.found}, {self.wanted} wanted); attributes {self.told} of {self.told_wanted}, "
            f"rows {self.clean} of {self.rows}"
        )


def scored(row: dict[str, str]) -> tuple[Score, list[str]]:
    """The score of one row, and what is wrong in it."""
    if "text" in row:
        got = label(mention(row["text"]))
        right = got == row["claim"]
        return Score(right, 1, 1, 0, 0, right, 1), [] if right else [f"{row['claim']} read as {got}"]
    found = [written(item) for item in findings(row["said"])]
    items = asked_for(row["findings"])
    wanted = [item for item in items if not item.startswith("?")]
    allowed = [parted(item.lstrip("?"))[0] for item in items]
    wrong, right, told, told_wanted = [], 0, 0, 0
    for item in wanted:
        head, attributes = parted(item)
        same = [one for one in found if says(one, head)]
        right += bool(same)
        hits = [one for one in attributes if any(one in other for other in same)]
        told, told_wanted = told + len(hits), told_wanted + len(attributes)
        wrong += [f"missing: {head}"] if not same else [f"not told: {head} {a}" for a in attributes if a not in hits]
    extra = [one for one in found if not any(says(one, head) for head in allowed)]
    wrong += [f"too much: {one}" for one in extra]
    wrong += [
        f"forbidden: {one}" for one in found for no in asked_for(row["not"]) if says(one, no) and one not in extra
    ]
    return Score(right, len(wanted), right + len(extra), told, told_wanted, not wrong, 1), wrong


def _main(arguments: Sequence[str]) -> None:
    for name in arguments:
        if name.startswith("-"):
            continue
        total = Score()
        for row in rows(name):
            score, wrong = scored(row)
            total += score
            if wrong and "--figures" not in arguments:
                sys.stdout.write("\n    ".join([row.get("said") or row.get("text", ""), *wrong, ""]).rstrip() + "\n")
        sys.stdout.write(f"{name}: {total}\n")


if __name__ == "__main__":
    _main(sys.argv[1:])
