"""A workbench with an encounter in it, and its editor as a person uses it in a browser."""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Any

from scribe.batch import drafting
from scribe.config import Config
from scribe.store.actor import ME, SYSTEM
from scribe.store.records import RecordingKind, State
from scribe.store.store import Store
from scribe.types import Audio, Encounter, Note, Transcript

PATIENT = "Dorothea Marchetti"


@dataclass(frozen=True)
class Bench:
    """A running workbench, its store, and the encounter in it."""

    url: str
    store: Store
    config: Config
    encounter: str

    @property
    def transcript(self) -> Transcript:
        """The newest transcript in the store."""
        with self.store.begin(ME, read_only=True) as unit:
            return unit.revisions.transcript(self.encounter).document

    @property
    def note(self) -> Note:
        """The newest note in the store."""
        with self.store.begin(ME, read_only=True) as unit:
            return unit.revisions.note(self.encounter).document

    @property
    def state(self) -> State:
        """How far the encounter has come."""
        with self.store.begin(ME, read_only=True) as unit:
            return unit.encounters.get(self.encounter).state


def add(store: Store, transcript: Transcript, note: Note, sound: Audio | None, *, state: State = State.DRAFT) -> str:
    """An encounter with a draft, as the worker leaves it; its id."""
    kinds: list[tuple[RecordingKind, str, Any]] = []
    if sound is not None:
        wav = b"".join(drafting.wav(sound))
        kinds = [
            (RecordingKind.ORIGINAL, drafting.WAV, store.blobs.receive([wav])),
            (RecordingKind.PLAYBACK, drafting.WAV, store.blobs.receive([wav])),
            (RecordingKind.PEAKS, drafting.PEAKS, store.blobs.receive([drafting.peaks(sound)])),
        ]
    with store.begin(ME) as unit:
        encounter = unit.encounters.add(
            mode=note.encounter.mode,
            title="Follow-up",
            patient=PATIENT,
            identifier="004-118-2",
            date_of_service="2026-05-04",
        )
        for kind, media_type, file in kinds:
            unit.recordings.add(
                encounter.id,
                file,
                media_type=media_type,
                name="visit.wav",
                kind=kind,
                seconds=sound.duration if sound else None,
            )
    with store.begin(SYSTEM) as unit:
        about = Encounter(encounter.id, note.encounter.mode, encounter.date_of_service)
        unit.revisions.append(encounter.id, transcript, base=0, reason="draft")
        unit.revisions.append(encounter.id, replace(note, encounter=about), base=0, reason="draft")
        for step in (State.TRANSCRIBING, state):
            unit.encounters.move(encounter.id, step)
    return encounter.id


def long_visit(transcript: Transcript, words: int) -> Transcript:
    """A transcript of at least `words` words: the same visit again and again, each behind the one before."""
    segments, shift = [], 0.0
    while sum(len(segment.words) for segment in segments) < words:
        for segment in transcript.segments:
            moved = tuple(replace(word, start=word.start + shift, end=word.end + shift) for word in segment.words)
            segments.append(replace(segment, words=moved))
        shift += transcript.duration
    return replace(transcript, segments=tuple(segments), flags=(), repairs=(), duration=shift)


def shares(passages: list[list[str]], right: list[str]) -> list[list[str]]:
    """`right` cut in as many pieces as there are passages, each the right words for its passage."""
    draft = [word for passage in passages for word in passage]
    place = {len(draft): len(right)}
    for _, first, last, start, end in SequenceMatcher(None, draft, right, autojunk=False).get_opcodes():
        place |= {index: start + min(index - first, end - start) for index in range(first, last)}
    cuts, at = [0], 0
    for passage in passages:
        at += len(passage)
        cuts.append(place[at])
    return [right[left:end] for left, end in pairwise(cuts)]


class Editor:
    """The editor of an encounter in a browser, as a person uses it."""

    def __init__(self, page: Any, bench: Bench) -> None:
        self.page, self.bench = page, bench

    def open(self, encounter: str | None = None, hash_: str = "") -> Editor:
        """Load the page and wait until it is there; take the encounter where nobody holds it."""
        self.page.goto(f"{self.bench.url}/encounters/{encounter or self.bench.encounter}{hash_}")
        self.page.wait_for_selector("body[data-ready=yes]")
        claim = self.page.locator("#claim")
        if claim.count():
            claim.click()
            self.page.wait_for_selector("#transcript .said[contenteditable=plaintext-only]")
        return self

    def passage(self, words: str) -> Any:
        """The text field of the passage that holds some words."""
        return self.page.locator("#transcript .said", has_text=words).first

    def put_caret(self, words: str, *, select: bool = False, end: bool = False) -> None:
        """Put the caret before some words (behind them with `end`), or select them."""
        self.passage(words).scroll_into_view_if_needed()
        self.page.evaluate(
            """([words, select, end]) => {
                const all = [...document.querySelectorAll('#transcript .said')];
                const said = all.find((each) => each.textContent.includes(words));
                said.focus();
                for (const node of said.childNodes) {
                    const at = node.data?.indexOf(words) ?? -1;
                    if (at < 0) continue;
                    const range = document.createRange();
                    range.setStart(node, end ? at + words.length : at);
                    range.setEnd(node, select || end ? at + words.length : at);
                    getSelection().removeAllRanges();
                    getSelection().addRange(range);
                }
            }""",
            [words, select, end],
        )

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def saved(self) -> None:
        """Wait until everything typed is with the server."""
        self.page.keyboard.press("Control+s")
        self.page.wait_for_function(
            "() => ['saved', undefined].includes(document.querySelector('#saved').dataset.state)"
        )

    def statement(self, words: str) -> Any:
        """The row of the statement that holds some words."""
        return self.page.locator("#note .statement", has_text=words).first

    def lit(self, name: str) -> str:
        """The words that are lit under a name."""
        found: str = self.page.evaluate(
            "(name) => [...(CSS.highlights.get(name) ?? [])].map((range) => range.toString()).join(' | ')", name
        )
        return found

    def tab(self, name: str) -> None:
        self.page.click(f"#tab-{name}")

    def answer(self, button: str, **fields: str) -> None:
        """Fill the fields of the open dialog, and press a button of it."""
        dialog = self.page.locator("dialog[open]")
        for name, value in fields.items():
            field = dialog.locator(f"[name={name}]")
            if field.evaluate("(element) => element.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)
        dialog.get_by_role("button", name=button, exact=True).click()
        dialog.wait_for(state="detached")
