"""What a visit says, as findings: rows written before the rules, and what must hold of any talk."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe.clinical import reading
from scribe.config import ModelsSettings
from scribe.types import (
    PATIENT,
    Basis,
    Certainty,
    Finding,
    Polarity,
    Role,
    Segment,
    SpeakerRole,
    Time,
    Transcript,
    Word,
)

ROLES = {"D": Role.CLINICIAN, "P": Role.PATIENT}


def rows() -> Iterator[dict[str, str]]:
    lines = Path(__file__).with_name("findings.tsv").read_text(encoding="utf-8").splitlines()
    return csv.DictReader([line for line in lines if not line.startswith("#")], delimiter="\t", quoting=csv.QUOTE_NONE)


ROWS = list(rows())
MISSED: frozenset[str] = frozenset()


def talk(said: str) -> Transcript:
    """A transcript of "D: ... P: ..."."""
    words = []
    for speaker, text in re.findall(r"([DP]): (.*?)(?= [DP]: |$)", said):
        words += [Word(0.0, 0.0, f" {word}", 1.0, speaker) for word in text.split()]
    roles = tuple(SpeakerRole(speaker, role, 1.0) for speaker, role in ROLES.items())
    return Transcript((Segment(tuple(words)),), roles=roles, timed=False)


def claim(finding: Finding) -> str:
    claims = finding.claims
    if claims.basis is not Basis.EXPERIENCED:
        return claims.basis.value
    if claims.polarity is Polarity.ABSENT:
        return "absent"
    if claims.experiencer != PATIENT:
        return claims.experiencer if claims.experiencer == "other" else f"relative:{claims.experiencer}"
    if claims.time in (Time.CONDITIONAL, Time.PLANNED):
        return claims.time.value
    if claims.certainty is Certainty.POSSIBLE:
        return "possible"
    return "present" if claims.time is Time.CURRENT else claims.time.value


def written(finding: Finding) -> str:
    """A finding as the table writes it, with all of its attributes."""
    told = " ".join(f"{one.kind.value}={one.text.lower()}" for one in finding.attributes)
    return f"{finding.kind.value} {finding.concept} {claim(finding)} {told}".strip()


def says(finding: str, row: str) -> bool:
    """Whether a finding has what a row of the table asks for."""
    head, *told = re.split(r" (?=[a-z-]+=)", row)
    return (finding == head or finding.startswith(f"{head} ")) and all(one in finding for one in told)


@pytest.mark.weights
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["said"][:70])
def test_findings(row: dict[str, str], request: pytest.FixtureRequest) -> None:
    if row["said"] in MISSED:
        request.applymarker(pytest.mark.xfail(reason="read by no rule yet"))
    found = [written(item) for item in reading.read(talk(row["said"]), ModelsSettings())]
    wanted = [item.strip() for item in (row["findings"] or "").split(";") if item.strip()]
    unwanted = [item.strip() for item in (row["not"] or "").split(";") if item.strip()]
    assert [item for item in wanted if not any(says(one, item) for one in found)] == [], found
    assert [item for item in unwanted if any(says(one, item) for one in found)] == [], found


TURNS = st.lists(
    st.tuples(
        st.sampled_from("DP"),
        st.sampled_from([row["said"][3:40] for row in ROWS]) | st.text(max_size=30).map(lambda text: text or "?"),
    ),
    max_size=8,
)


@given(TURNS)
def test_any_talk_gives_findings_that_were_heard(turns: list[tuple[str, str]]) -> None:
    transcript = talk(" ".join(f"{speaker}: {text}" for speaker, text in turns))
    for finding in reading.read(transcript, ModelsSettings()):
        for span in finding.heard:
            assert 0 <= span.start < span.end <= len(transcript.text)
        for one in finding.attributes:
            assert transcript.text[one.heard.start : one.heard.end] == one.text
