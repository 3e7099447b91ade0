"""What a visit says, as findings: rows written before the rules, and what must hold of any talk."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe.clinical import reading
from scribe.config import ModelsSettings
from tests.clinical.gold import asked_for, findings, rows, says, talk, written

ROWS = list(rows("findings.tsv"))
MISSED: frozenset[str] = frozenset()


@pytest.mark.weights
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["said"][:70])
def test_findings(row: dict[str, str], request: pytest.FixtureRequest) -> None:
    if row["said"] in MISSED:
        request.applymarker(pytest.mark.xfail(reason="read by no rule yet"))
    found = [written(item) for item in findings(row["said"])]
    wanted, unwanted = asked_for(row["findings"]), asked_for(row["not"])
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
