"""The rules as data: each has an id, a source and words for people; every row can be met, and is met by an example."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scribe.coding import lexicon, rules, status
from scribe.coding.icd10cm import Icd10cm
from scribe.coding.suggest import suggest
from scribe.config import CodingSettings, Config
from scribe.types import Note

Read = Callable[[str], Note]
SECTION = re.compile(r"(?:I{1,3}|IV)\.[A-Z](?:\.\d+)?(?:\.[a-z])?(?:\.\d+)?(?:\.[a-z])?")
DISEASES = [phrase for phrase, code in lexicon.load().phrases if code[0] not in "VWXYZ"][::7]


def examples(name: str) -> Iterator[dict[str, str]]:
    lines = (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines()
    return csv.DictReader([line for line in lines if not line.startswith("#")], delimiter="\t", quoting=csv.QUOTE_NONE)


def test_every_rule_names_its_guideline_and_says_what_it_does() -> None:
    for name, rule in rules.table()["rules"].items():
        assert SECTION.fullmatch(rule["source"]), name
        assert rule["says"].endswith((".", ")")), name


def test_every_rule_is_met_by_an_example(read_note: Read, icd10cm: Icd10cm) -> None:
    """Of those that are about one note; what else there is, needs a hospital stay or an imported index."""
    met: set[str] = set()
    for row in examples("assessments.tsv"):
        for item in suggest(read_note(row["note"]), [icd10cm], Config()).suggestions:
            parts = [part for one in item.evidence for part in one.rule.split("+")]
            met |= set(parts) | {part.partition(":")[0] for part in parts}
    known = set(rules.table()["rules"])
    heard = {"heard", "status"}  # rest on findings: tests/coding/visits.tsv
    assert known - met <= {"uncertain", "index", "neoplasm", "external", "impression", "tabular:includes"} | heard


def test_enough_assessments_and_every_kind_of_near_miss() -> None:
    assert sum(row["rules"] != "-" for row in examples("assessments.tsv")) >= 60
    assert {row["kind"] for row in examples("near_misses.tsv")} >= {
        "negated",
        "family",
        "possible",
        "resolved",
        "other side",
    }


def test_codes_of_the_tables_are_billable(icd10cm: Icd10cm) -> None:
    table, own = rules.table(), status.table()
    codes = [row["becomes"] for row in table["details"]] + [row["adds"] for row in table["companions"]]
    codes += [code for row in table["details"] for code in row["of"]]
    codes += [*own["history"].values(), *own["family"].values(), *own["screening"].values()]
    codes += [row["code"] for row in own["drugs"]]
    codes += [row["becomes"].format(t=t, u=u) for row in own["pregnancy"] for t, u in ((1, 1), (2, 2), (3, 3), (9, 0))]
    assert [code for code in codes if not icd10cm.is_billable(code)] == []


def test_an_uncertain_diagnosis_is_coded_for_a_hospital_stay_only(read_note: Read, icd10cm: Icd10cm) -> None:
    note = read_note("Probable pneumonia.")
    stay = Config(coding=CodingSettings(setting="inpatient"))
    assert [item.coding.code for item in suggest(note, [icd10cm], stay).suggestions] == ["J18.9"]
    assert suggest(note, [icd10cm], Config()).suggestions == ()
    denied = read_note("No pneumonia.")
    assert suggest(denied, [icd10cm], stay).suggestions == ()


def test_external_causes_are_asked_for(read_note: Read, icd10cm: Icd10cm) -> None:
    note = read_note("Left ankle sprain, slipped on ice.")
    asked = Config(coding=CodingSettings(external_causes=True))
    assert [item.coding.code for item in suggest(note, [icd10cm], Config()).suggestions] == ["S93.402A"]
    assert [item.coding.code for item in suggest(note, [icd10cm], asked).suggestions] == ["S93.402A", "W00.0XXA"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(named=st.lists(st.sampled_from(DISEASES), min_size=1, max_size=5, unique=True))
def test_whatever_is_named_every_code_is_billable_and_no_two_exclude_each_other(
    named: list[str], read_note: Read, icd10cm: Icd10cm
) -> None:
    found = [item.coding.code for item in suggest(read_note(". ".join(named) + "."), [icd10cm], Config()).suggestions]
    assert all(icd10cm.is_billable(code) for code in found)
    assert len(found) == len(set(found))
    assert not any(icd10cm.excludes(code, other) for code in found for other in found if code < other)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(named=st.sampled_from(DISEASES), cue=st.sampled_from(["No", "Denies", "Possible", "Rule out", "Mother had"]))
def test_what_is_not_claimed_gives_no_code(named: str, cue: str, read_note: Read, icd10cm: Icd10cm) -> None:
    assert suggest(read_note(f"{cue} {named}."), [icd10cm], Config()).suggestions == ()
