"""One encounter passes through many hands: each person signs in with their own account, in a browser of their own.

What a role may not do is not offered, and the API refuses it; somebody else's encounter is not there.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyotp
import pytest

from scribe.config import Config
from scribe.store import passwords, second_factor
from scribe.store.actor import SYSTEM, Actor, StaffRole
from scribe.store.records import State
from scribe.store.store import Store
from scribe.types import Audio, Note, Transcript
from scribe.web.app import create_app
from tests.web.people.conftest import PASSWORD, Clock
from tests.web.workbench.desk import PATIENT, Bench, Editor, add

pytestmark = pytest.mark.weights
NAMES = {
    "admin": "Alma Admin",
    "tess": "Tess Byrne",
    "quinn": "Quinn Abara",
    "ada": "Ada Okonkwo, MD",
    "dan": "Dan Roy, MD",
    "cleo": "Cleo Marsh",
    "otto": "Otto Lind",
}
ROLES = {
    "admin": StaffRole.ADMIN,
    "tess": StaffRole.TRANSCRIPTIONIST,
    "quinn": StaffRole.QA,
    "ada": StaffRole.PHYSICIAN,
    "dan": StaffRole.PHYSICIAN,
    "cleo": StaffRole.CODER,
    "otto": StaffRole.AUDITOR,
}


@dataclass
class Clinic:
    """A workbench with accounts, and the sample visit as a draft in it."""

    bench: Bench
    clock: Clock
    ids: dict[str, str]
    totp: pyotp.TOTP  # of Ada
    theirs: str  # another encounter, which Dan works on
    new_page: Callable[..., Any]

    def sign_in(self, login: str) -> Editor:
        """A browser in which somebody has just signed in."""
        page = self.new_page()
        page.goto(f"{self.bench.url}/")
        page.wait_for_url("**/sign-in")
        page.get_by_label("Login").fill(login)
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        if login == "ada":
            page.get_by_label("Six digits").fill(self.totp.at(self.clock()))
            page.keyboard.press("Enter")
        page.locator("#sign-out").wait_for()
        return Editor(page, self.bench)

    def open(self, editor: Editor) -> Editor:
        """From the worklist into the encounter."""
        editor.page.goto(f"{self.bench.url}/")
        editor.page.wait_for_selector("body[data-ready=yes]")
        assert editor.page.locator(".row-name a").all_inner_texts() == [PATIENT], "they see theirs, and nobody else's"
        editor.page.get_by_role("link", name=PATIENT).click()
        editor.page.wait_for_url("**/encounters/*")
        editor.page.wait_for_selector("body[data-ready=yes]")
        return editor

    def refused(self, editor: Editor, method: str, path: str, body: Any = None, *, of: str = "") -> int:
        """The status with which the API answers a request that the page does not offer."""
        status: int = editor.page.evaluate(
            """async ([method, url, body]) => {
                const token = document.querySelector('meta[name="csrf-token"]').content;
                const headers = { "Content-Type": "application/json", "X-CSRF-Token": token };
                return (await fetch(url, { method, headers, body: body && JSON.stringify(body) })).status;
            }""",
            [method, f"/api/v1/encounters/{of or self.bench.encounter}/{path}".rstrip("/"), body],
        )
        return status


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(config: Config, clock: Clock) -> Iterator[Store]:
    opened = Store.open(config, clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def clinic(
    store: Store,
    config: Config,
    clock: Clock,
    visit: tuple[Transcript, Note],
    visit_sound: Audio,
    serve: Callable[..., str],
    new_page: Callable[..., Any],
) -> Clinic:
    totp, hashed = pyotp.TOTP(second_factor.new_secret()), passwords.hashed(PASSWORD)
    with store.begin(SYSTEM) as unit:
        ids = {
            login: unit.people.add(login, name, {ROLES[login]}, password=hashed, must_change=False).id
            for login, name in NAMES.items()
        }
        unit.people.enrol(ids["ada"], totp.secret, totp.at(clock()))
    clock.forward(minutes=1)
    with store.begin(Actor(ids["dan"], NAMES["dan"], frozenset({StaffRole.PHYSICIAN}))) as unit:
        theirs = unit.encounters.add(title="Knee", patient="Samuel Whitcombe", clinician_id=ids["dan"])
        unit.encounters.claim(theirs.id)
    encounter = add(store, *visit, visit_sound)
    bench = Bench(serve(create_app(config, store=store)), store, config, encounter)
    return Clinic(bench, clock, ids, totp, theirs.id, new_page)


def test_an_encounter_from_draft_to_amendment(clinic: Clinic, until: Callable[..., Any]) -> None:
    tess = _transcriptionist(clinic, until)
    _qa(clinic, tess, until)
    ada = _physician(clinic, until)
    cleo = _coder(clinic, until)
    _amended(clinic, ada, until)
    _documents(clinic, cleo)
    _auditor(clinic)


def _transcriptionist(clinic: Clinic, until: Callable[..., Any]) -> Editor:
    """Claims, corrects words and a speaker, checks the flags; her session ends in the middle; hands it to QA."""
    bench = clinic.bench
    tess = clinic.open(clinic.sign_in("tess"))
    tess.page.click("#claim")
    tess.page.locator("#case-state", has_text="Held by you").wait_for()
    until(lambda: bench.state is State.IN_CORRECTION, "it is in correction")
    tess.put_caret("the garden", end=True)
    tess.type(" shed")
    tess.saved()
    tess.put_caret("but my")
    tess.press("Enter")
    tess.saved()
    until(lambda: _speakers(bench)["bothering"] == "doctor", "the second half is the other speaker's")
    assert _speakers(bench)["shed,"] == "patient"
    tess.put_caret("bothering")
    tess.press("Alt+2")
    tess.press("F8", "Alt+Enter", "Alt+Enter", "Alt+Enter")
    tess.saved()
    until(lambda: all(flag.checked_by == NAMES["tess"] for flag in bench.transcript.flags), "she checked them")

    clinic.clock.forward(hours=13)  # the server ends every session after twelve
    tess.put_caret("garden shed", end=True)
    tess.type(" door")
    tess.page.get_by_role("heading", name="Sign in again").wait_for()
    assert "shed door" not in bench.transcript.text
    tess.page.locator("#lock-login").fill("tess")
    tess.page.get_by_label("Password").fill(PASSWORD)
    tess.page.keyboard.press("Enter")
    until(lambda: "garden shed door" in bench.transcript.text, "what she typed arrived after the sign-in")
    tess.page.locator("#saved[data-state=saved]").wait_for()

    tess.tab("codes")
    tess.page.locator(".code").first.wait_for()
    assert tess.page.locator(".code-actions").count() == 0, "she does not decide about codes"
    assert clinic.refused(tess, "POST", "codes/decisions", {"decisions": []}) == 403
    assert clinic.refused(tess, "POST", "sign", {"base_revision": 1, "attestation": "", "override": ""}) == 403
    assert clinic.refused(tess, "GET", "", of=clinic.theirs) == 404
    _move(tess, "Send to QA")
    until(lambda: bench.state is State.QA, "it is with QA")
    return tess


def _qa(clinic: Clinic, tess: Editor, until: Callable[..., Any]) -> None:
    """Takes it, asks the physician, says who that is, and hands it on to be signed."""
    quinn = clinic.open(clinic.sign_in("quinn"))
    quinn.page.click("#claim")
    quinn.page.locator("#case-state", has_text="Held by you").wait_for()
    tess.page.get_by_role("heading", name="Somebody else works on it now").wait_for()
    tess.page.keyboard.press("Enter")
    tess.page.locator("#nothing:visible").wait_for()
    quinn.tab("codes")
    quinn.page.locator(".queries").get_by_role("button", name="Ask…").click()
    quinn.answer("Ask", question="Which knee is it?", options="left\nright")
    quinn.page.locator("form.query", has_text="Which knee is it?").wait_for()
    assert quinn.page.locator("form.query", has_text="Which knee").get_by_role("button").count() == 0
    assert clinic.refused(quinn, "POST", "sign", {"base_revision": 1, "attestation": "", "override": ""}) == 403
    who = {"base_version": 1, "clinician_id": clinic.ids["cleo"]}
    assert clinic.refused(quinn, "PATCH", "", who) == 422, "a coder does not sign"
    _move(quinn, "Send to signature")
    quinn.page.locator("dialog[open] option").first.wait_for(state="attached")
    assert quinn.page.locator("dialog[open] option").all_inner_texts() == ["Not decided", NAMES["ada"], NAMES["dan"]]
    quinn.answer("Send", clinician=clinic.ids["ada"])
    until(lambda: clinic.bench.state is State.AWAITING_SIGNATURE, "it awaits the signature")


def _physician(clinic: Clinic, until: Callable[..., Any]) -> Editor:
    """Signs in with a second factor, answers, edits a statement, and signs."""
    bench = clinic.bench
    ada = clinic.open(clinic.sign_in("ada"))
    ada.page.goto(f"{bench.url}/encounters/{clinic.theirs}")
    ada.page.locator("#notices .message.error", has_text="no such encounter").wait_for()
    assert clinic.refused(ada, "GET", "note", of=clinic.theirs) == 404
    clinic.open(ada)
    assert ada.page.locator("#claim").count() == 0, "it is hers already"
    ada.tab("codes")
    _answer(ada, "Which knee is it?", "right")
    assert ada.page.get_by_role("button", name="Ask…").count() == 0, "she answers, she does not ask"
    ada.tab("note")
    _add_to_statement(ada, "heart attack", " Confirmed.")
    ada.page.click("#to-sign")
    _sign(ada, "Heard again, it is right.")
    until(lambda: bench.state is State.SIGNED, "it is signed")
    assert [item.author for item in bench.note.signatures] == [NAMES["ada"]]
    return ada


def _coder(clinic: Clinic, until: Callable[..., Any]) -> Editor:
    """Reads, accepts codes, asks; edits nothing."""
    cleo = clinic.open(clinic.sign_in("cleo"))
    assert cleo.page.locator(".said[contenteditable=plaintext-only]").count() == 0
    assert cleo.page.locator("#claim").count() == 0
    cleo.page.click("#hand-on")
    assert cleo.page.get_by_role("menuitem").all_inner_texts() == ["Take it"]
    cleo.press("Escape")
    edits = {"base_revision": 1, "ops": [{"op": "resolve_flag", "flag": 0}]}
    for path, body in (
        ("transcript/edits", edits),
        ("note/edits", edits),
        ("state", {"to": "qa"}),
        ("amend", {"base_revision": 1, "reason": "mine"}),
    ):
        assert clinic.refused(cleo, "POST", path, body) == 403
    cleo.tab("codes")
    cleo.page.locator(".code[data-code='I10']").focus()
    cleo.press("a")
    cleo.page.locator(".code[data-code='I10'] .badge", has_text="Accepted").wait_for()
    cleo.page.locator(".queries").get_by_role("button", name="Ask…").click()
    cleo.answer("Ask", question="Which kind of diabetes mellitus?", options="type 1\ntype 2")
    cleo.page.locator("form.query", has_text="Which kind of diabetes").wait_for()
    return cleo


def _amended(clinic: Clinic, ada: Editor, until: Callable[..., Any]) -> None:
    """The physician answers the coder, opens the signed note, corrects it, and signs again."""
    clinic.open(ada)
    ada.tab("codes")
    _answer(ada, "Which kind of diabetes", "type 2")
    assert ada.page.locator("#note .said[contenteditable=plaintext-only]").count() == 0, "signed is signed"
    ada.page.click("#to-sign")
    ada.page.click("#amend")
    ada.answer("Open for correction", reason="The dose was misheard.")
    ada.page.wait_for_url(f"**/encounters/{clinic.bench.encounter}")
    ada.page.wait_for_selector("body[data-ready=yes]")
    _add_to_statement(ada, "Confirmed.", " Records seen.")
    ada.page.click("#to-sign")
    _sign(ada, "Checked again.")
    until(lambda: clinic.bench.state is State.AMENDED and clinic.bench.note.signatures, "the amendment is signed")


def _documents(clinic: Clinic, cleo: Editor) -> None:
    """What was amended leaves as a document, with the name under it."""
    clinic.open(cleo)
    cleo.page.get_by_role("button", name="Documents").click()
    with cleo.page.expect_download() as found:
        cleo.page.get_by_role("menuitem", name="PDF").click()
    path = Path(found.value.path())
    assert path.read_bytes().startswith(b"%PDF")
    if shutil.which("pdftotext"):
        text = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True).stdout
        assert "Records seen." in " ".join(text.split())
        assert NAMES["ada"] in text


def _auditor(clinic: Clinic) -> None:
    """Sees who did what, and that nothing of it was changed; sees no patient."""
    page = clinic.sign_in("otto").page
    page.wait_for_url("**/audit")
    page.get_by_role("button", name="Check the whole trail").click()
    page.get_by_text("The audit trail is intact").wait_for()
    assert PATIENT not in page.content()
    assert clinic.refused(Editor(page, clinic.bench), "GET", "note") == 403
    with clinic.bench.store.begin(SYSTEM, read_only=True) as unit:
        did = {(entry.actor, entry.action) for entry in unit.audit.latest(1000)}
    for login in ("tess", "quinn", "ada", "cleo", "otto"):
        assert (clinic.ids[login], "session.sign_in") in did


# --- what several of them do
def _speakers(bench: Bench) -> dict[str, str | None]:
    return {word.text.strip(): word.speaker for word in bench.transcript.words}


def _move(editor: Editor, label: str) -> None:
    editor.page.click("#hand-on")
    editor.page.get_by_role("menuitem", name=label).click()


def _answer(editor: Editor, question: str, option: str) -> None:
    form = editor.page.locator("form.query", has_text=question)
    form.get_by_label(option, exact=True).check()
    form.get_by_role("button", name="Answer").click()
    editor.page.locator(".query.answered", has_text=question).wait_for(state="attached")


def _add_to_statement(editor: Editor, words: str, more: str) -> None:
    editor.statement(words).locator(".said").click()
    editor.press("End")
    editor.type(more)
    editor.saved()


def _sign(editor: Editor, override: str) -> None:
    editor.page.wait_for_selector("#agree")
    if editor.page.locator("#override").is_visible():
        editor.page.fill("#override", override)
    editor.page.check("#agree")
    editor.page.click("#sign")
    editor.page.locator("#record .signature-block").first.wait_for()
