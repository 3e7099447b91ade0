"""What an engine must offer, and the table of the ones that come with `scribe`: the plugin contract on one page.

A plugin is a class. It is named in a table as `"module:Class"` and imported only when it is used, so naming an engine
costs nothing. Other packages add their own through the entry-point groups `scribe.asr`, `scribe.diarization`,
`scribe.sections`, `scribe.writers`, `scribe.coding` and `scribe.export`. A plugin holds weights only; the state of a
call is local to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from importlib import import_module
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any, Protocol, Self, runtime_checkable

from scribe.errors import EngineError
from scribe.types import Annotation, Audio, Coding, Interval, Note, Provenance, SectionKind, Segment, Span, Transcript
from scribe.view import NoteView

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

OnProgress = Callable[[str, float, float], None]
"""`on_progress(stage, done, total)`: serves the terminal's bar, a web page and a batch worker alike."""


OnWarning = Callable[[str], None]
"""`on_warning(message)`: something did not work out and the result is whole without it; no words of the patient."""


def no_warning(message: str) -> None:
    """An `OnWarning` for callers who do not want to know."""


def no_progress(stage: str, done: float, total: float) -> None:
    """An `OnProgress` for callers who do not want to know."""


class AsrEngine(Protocol):
    """Speech to words. Built from the `asr` settings: `Engine(config)`."""

    @property
    def provenance(self) -> Provenance:
        """Engine, weights and versions."""

    def transcribe(
        self, audio: Audio, *, speech: Sequence[Interval], on_progress: OnProgress = no_progress
    ) -> Iterator[Segment]:
        """Words with times and probabilities, in order of time; only what lies within `speech` (seconds)."""


class Listening(Protocol):
    """A stretch of speech, of at most 30 s, that an engine has taken in and can be asked about."""

    def decode(self, terms: Sequence[str]) -> str:
        """What was said, recognised with `terms` in mind; no word is timed."""

    def weigh(self, readings: Sequence[str]) -> Sequence[float]:
        """The natural log of the probability of each reading of the whole stretch, given its sound."""

    def languages(self) -> Mapping[str, float]:
        """The probability of each language (two-letter code) being spoken; empty where the model knows one only."""


@runtime_checkable
class Relistener(Protocol):
    """What an `AsrEngine` may offer besides: listening again. With it, misheard terms are found and judged by sound."""

    def listen(self, audio: Audio, pieces: Sequence[Interval]) -> Listening:
        """Take in `pieces` of the recording (seconds, in order, together at most 30 s)."""


@runtime_checkable
class Reader(Protocol):
    """What an `AsrEngine` may offer besides: reading short stretches at a cost that falls with their length.

    Live work asks for it: what it gives is shown until the whole recording is recognised.
    """

    def read(self, audio: Audio, pieces: Sequence[Interval]) -> Sequence[Segment]:
        """Words of `pieces` (seconds, in order, together at most 30 s) with times and probabilities."""

    def draft(self, audio: Audio, pieces: Sequence[Interval]) -> str:
        """The text of `pieces`, as fast as it can be had."""


class Diarizer(Protocol):
    """Who spoke when, by voice alone. Built from the `diarization` settings: `Engine(config)`."""

    @property
    def provenance(self) -> Provenance:
        """Engine, weights and versions."""

    def diarize(
        self, audio: Audio, *, num_speakers: int | None = None, on_progress: OnProgress = no_progress
    ) -> Annotation:
        """Turns by anonymous speaker; turns may overlap."""


@runtime_checkable
class VoiceEncoder(Protocol):
    """What a `Diarizer` may offer besides: how a voice sounds. With it, words tell close voices apart."""

    def embed(
        self, audio: Audio, pieces: Sequence[Interval], *, on_progress: OnProgress = no_progress
    ) -> NDArray[np.float32]:
        """A vector for each piece, (pieces, dim), near where voices are alike; zeros for a piece too short to tell."""


class Follower(VoiceEncoder, Protocol):
    """A `Diarizer` and `VoiceEncoder` for one recording, that works through it while it goes on."""

    @property
    def provenance(self) -> Provenance:
        """Engine, weights and versions."""

    def due(self, audio: Audio) -> bool:
        """Whether anything can be done about `audio`, the recording so far, that will be of use at the end."""

    def hear(self, audio: Audio) -> None:
        """Do a little of it."""

    def forget(self, interval: Interval) -> None:
        """The sound of `interval` (seconds) is no longer what it was."""

    def diarize(
        self, audio: Audio, *, num_speakers: int | None = None, on_progress: OnProgress = no_progress
    ) -> Annotation:
        """As `Diarizer.diarize`, for the recording so far or all of it; what is done already is not done again."""


@runtime_checkable
class Followable(Protocol):
    """What a `Diarizer` may offer besides: working while the recording goes on."""

    def follow(self) -> Follower:
        """Begin with a new recording."""


class SectionClassifier(Protocol):
    """What each utterance is about. Built from the `sections` settings: `Classifier(config)`."""

    @property
    def provenance(self) -> Provenance:
        """Model, weights and versions."""

    def classify(self, utterances: Sequence[tuple[str | None, str]]) -> Sequence[tuple[SectionKind, float]]:
        """A kind and a score (0 to 1) for each (role, text), read in order and in context."""


class Writer(Protocol):
    """Better sentences for a note, each checked by `sections/fence.py`. Built from the settings: `Writer(config)`."""

    @property
    def provenance(self) -> Provenance:
        """Engine and model."""

    def offer(self, sentences: Sequence[tuple[SectionKind, str]]) -> Sequence[str | None]:
        """For each sentence, with the section it stands in, one to put in its place; None where there is none.

        Raises EngineError where it cannot be reached, or answers nothing that can be read.
        """


@dataclass(frozen=True, slots=True)
class TermMatch:
    """Words of a text that name a code: what a code system finds before anybody asks what is claimed about it."""

    span: Span  # in the text that was searched
    code: str
    rule: str
    score: float  # how far the rule is trusted, 0 to 1
    words: frozenset[str] = field(repr=False)  # the words that matched, made comparable


@dataclass(frozen=True, slots=True)
class Release:
    """One edition of a code system: its name, the days of service it is for, and where it comes from."""

    system: str
    name: str  # "2026-04"
    first: date
    last: date  # the last day it is for
    licence: str
    source: str

    def covers(self, day: date) -> bool:
        """Whether it is the edition for a service of that day."""
        return self.first <= day <= self.last


class CodeSystem(Protocol):
    """A table of codes of one release. Built from the settings, `System(config)`: the release in force today."""

    @property
    def name(self) -> str:
        """The name that its codings carry, e.g. "icd10cm"."""

    @property
    def release(self) -> Release:
        """The edition that this table is of."""

    def on(self, day: date) -> Self:
        """The table in force on a day of service.

        Where every release has ended by then: the newest, if the settings accept that; its `release` does not cover
        the day. Raises AssetError where there is no table to use.
        """

    @property
    def version(self) -> str:
        """The release, e.g. "2026-04"."""

    def lookup(self, code: str) -> Coding | None:
        """The code's entry, None where the release has no such code."""

    def is_billable(self, code: str) -> bool:
        """Whether the code may be put on a claim (a leaf of the tree)."""

    def find(self, text: str) -> Sequence[TermMatch]:
        """The terms that the text names, in order, each with its billable code; whatever the text claims about them."""

    def excludes(self, code: str, other: str) -> bool:
        """Whether the table forbids the two codes beside each other (Excludes1), in either direction."""

    def refines(self, code: str, general: str) -> bool:
        """Whether `general` is what a text gets that says less than what `code` says."""

    def sided(self, code: str, side: str) -> str | None:
        """The code of one side ("left", "right", "bilateral") of what `code` names without; None where it has none."""

    def unsided(self, code: str) -> str | None:
        """The code without a side that `code` is one side of; None where it is none."""


class Exporter(Protocol):
    """A note as a document. Built without arguments."""

    suffix: str  # ".md"
    media_type: str

    def export(self, note: Note, transcript: Transcript, view: NoteView | None = None) -> bytes:
        """The whole document, self-contained. `view` says what is shown and how; None: the note as it stands."""


TABLES: dict[str, dict[str, str]] = {
    "asr": {
        "faster-whisper": "scribe.asr.faster_whisper:FasterWhisper",
        "openai-whisper": "scribe.asr.openai_whisper:OpenAIWhisper",
        "scripted": "scribe.asr.scripted:ScriptedAsr",
    },
    "diarization": {
        "pyannote": "scribe.diarization.pyannote:Pyannote",
    },
    "sections": {
        "linear": "scribe.sections.classifier:LinearClassifier",
    },
    "writers": {
        "rules": "scribe.sections.writing:Rules",
        "openai-compatible": "scribe.sections.openai_compatible:OpenAICompatible",
    },
    "coding": {
        "icd10cm": "scribe.coding.icd10cm:Icd10cm",
        "hcpcs": "scribe.coding.hcpcs:Hcpcs",
        "cpt": "scribe.coding.cpt:Cpt",
    },
    "export": {
        "markdown": "scribe.export.markdown:Markdown",
        "html": "scribe.export.html:Html",
        "docx": "scribe.export.docx:Docx",
        "pdf": "scribe.export.pdf:Pdf",
        "text": "scribe.export.text:Text",
        "json": "scribe.export.note_json:Json",
        "fhir": "scribe.export.fhir:Fhir",
    },
}


def names(stage: str) -> tuple[str, ...]:
    """The names that `resolve` knows for a stage, built-in and installed, sorted."""
    return tuple(sorted({*TABLES[stage], *(point.name for point in entry_points(group=f"scribe.{stage}"))}))


def resolve(stage: str, name: str) -> Any:
    """Import the class called `name` in the table of `stage`.

    Raises EngineError where no such name is known, two packages claim it, or its package is not installed.
    """
    found = [TABLES[stage][name]] if name in TABLES[stage] else []
    found += [point.value for point in entry_points(group=f"scribe.{stage}") if point.name == name]
    if not found:
        raise EngineError(f"{stage} has no engine called {name!r}: choose one of {', '.join(names(stage))}")
    if len(found) > 1:
        raise EngineError(f"{stage} engine {name!r} is claimed by {len(found)} packages: uninstall all but one")
    module, _, attribute = found[0].partition(":")
    try:
        return getattr(import_module(module), attribute)
    except ModuleNotFoundError as error:
        raise EngineError(f"{stage} engine {name!r} needs the package {error.name!r}: pip install it") from error
