"""The order of the stages, on one page.

    Audio -> transcribe -> Transcript -> draft -> Draft -> code -> Note with candidate codes -> lay_out -> NoteView

Each function is one step that can be run alone on the result of the step before it; `run` goes from the recording to a
coded draft. Every note is made by `draft`, which formats the words once. Engines are built once for each configuration
and hold weights only, so calls share them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from scribe import drafts
from scribe.config import Config
from scribe.containment import without_faults
from scribe.drafts import Draft
from scribe.errors import AssetError
from scribe.plugins import (
    AsrEngine,
    CodeSystem,
    Diarizer,
    OnProgress,
    OnWarning,
    Writer,
    no_progress,
    no_warning,
    resolve,
)
from scribe.types import (
    Audio,
    CodeFlag,
    CodeRemark,
    Mode,
    Note,
    Role,
    Span,
    Statement,
    Transcript,
)
from scribe.view import NoteView, Particulars, PatientSummary

if TYPE_CHECKING:
    from scribe.diarization.voiceprints import Voiceprint

NOT_CODED = "this sentence could not be read for codes: look for what it gives"
ENGINES_KEPT = 8  # enough for every stage of two configurations


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a live session has found out about a recording before its end: the same engines, which remember it."""

    asr: AsrEngine
    diarizer: Diarizer | None  # None: one that knows nothing yet
    speech: Any  # `scribe.asr.vad.Speech`


def run(
    audio: Audio,
    config: Config,
    *,
    mode: Mode | None = None,
    roles: Sequence[Role] = (),
    on_progress: OnProgress = no_progress,
    on_warning: OnWarning = no_warning,
) -> Draft:
    """From a recording to a coded note. `mode` None means: find out whether this is a visit or a dictation."""
    transcript = transcribe(audio, config, mode=mode, roles=roles, on_progress=on_progress)
    made = draft(transcript, config, mode=mode, on_progress=on_progress, on_warning=on_warning)
    return replace(made, note=code(made.note, config, on_progress=on_progress))


def transcribe(
    audio: Audio,
    config: Config,
    *,
    mode: Mode | None = None,
    roles: Sequence[Role] = (),
    prepared: Prepared | None = None,
    on_progress: OnProgress = no_progress,
) -> Transcript:
    """What was said and who said it. `roles`, in the order in which speakers are first heard, overrides the finding.

    What to check in it is found by `draft`, or by `checked` where no note is made. `prepared` saves work and changes
    nothing.
    """
    from scribe.asr import transcribe as asr
    from scribe.diarization import attribute
    from scribe.diarization import roles as role_finding

    recogniser = prepared.asr if prepared else engine("asr", config.asr.engine, config)
    speech = prepared.speech if prepared else None
    spoken = asr.transcribe(audio, recogniser, config, speech=speech, on_progress=on_progress)
    several = spoken.words and drafts.mode_of(spoken, mode) is not Mode.DICTATION
    known = prepared.diarizer if prepared else None
    diarizer = (known or engine("diarization", config.diarization.engine, config)) if several else None
    prints = voiceprints(config) if diarizer else ()
    transcript = attribute.attribute(spoken, audio, diarizer, config, prints=prints, on_progress=on_progress)
    transcript = role_finding.override(transcript, roles) if roles else transcript
    made_by = [transcript.provenance] if transcript.provenance else []
    return replace(transcript, provenance=drafts.joined(made_by, config, source_sha256(audio)))


def voiceprints(config: Config) -> tuple[Voiceprint, ...]:
    """The enrolled voices, none where `diarization.voiceprints` is off. Raises VaultError where they do not open."""
    from scribe.diarization import enrolment

    return enrolment.Voices.of(config).all() if config.diarization.voiceprints else ()


def enrol(name: str, audio: Audio, config: Config) -> Voiceprint:
    """Keep the voice that is heard in `audio` as that of the clinician `name`.

    Raises InputError where there is too little speech, too quiet or clipped, or more than one voice.
    """
    from scribe.asr import vad
    from scribe.diarization import enrolment
    from scribe.diarization import voiceprints as prints

    diarizer = engine("diarization", config.diarization.engine, config)
    vector, seconds = prints.heard(audio, vad.detect(audio).intervals, diarizer)
    return enrolment.Voices.of(config).add(name, vector, seconds, prints.weights(diarizer.provenance))


def draft(
    transcript: Transcript,
    config: Config,
    *,
    mode: Mode | None = None,
    on_checked: Callable[[Transcript], None] | None = None,
    on_progress: OnProgress = no_progress,
    on_warning: OnWarning = no_warning,
) -> Draft:
    """Write the words of a transcript, mark what to check in them, and arrange them into a note without codes.

    Text that nobody is recorded to have said is taken as a note already, unless `mode` says that it was dictated.
    `on_checked` is given the transcript with its flags before the note is made. A passage that breaks a step is left
    out of the note and flagged. The sentences of a visit may be reworded by the writer of `sections.writer`; one that
    fails is an `on_warning`. The draft of `Draft.transcript` is the same draft. Raises ConfigError where the user's
    commands, templates or writer cannot be used.
    """
    from scribe.sections import note_templates, writing

    on_progress("sections", 0, 1)
    template = note_templates.chosen(config)
    classifier = engine("sections", config.sections.classifier, config)
    kind = drafts.kind_of(transcript, mode)
    author = writer(config) if kind.is_spoken_visit else engine("writers", "rules", config)
    page = drafts.page_of(transcript, kind, config)
    transcript = drafts.checked(transcript, page, config)
    if on_checked:
        on_checked(transcript)
    findings = drafts.findings_of(transcript, config)
    sections, unread = drafts.arranged(transcript, page, kind, findings, classifier, config)
    on_progress("sections", 1, 1)
    worded = writing.reword(sections, author, config, on_progress=on_progress, on_warning=on_warning)
    note = drafts.note_of(transcript, worded, kind, config, classifier=classifier, author=author)
    took_back = page.took_back(transcript)
    note = replace(note, template=template.name, findings=findings, unread=unread, taken_back=took_back)
    return Draft(drafts.with_flags(transcript, unread), page, note)


def checked(transcript: Transcript, config: Config, *, mode: Mode | None = None) -> Transcript:
    """The transcript as in its draft, for those who need no note: unsure words that can harm, odd doses, blanks."""
    page = drafts.page_of(transcript, drafts.kind_of(transcript, mode), config)
    return drafts.checked(transcript, page, config)


def writer(config: Config) -> Writer:
    """Who words the sentences of a visit (`sections.writer`). Raises ConfigError or EngineError where it cannot."""
    found: Writer = engine("writers", config.sections.writer, config)
    return found


def lay_out(note: Note, config: Config, about: Particulars | None = None) -> NoteView:
    """The note as its template shows it (`sections.template`).

    For a document, `about` is whom it names; then it comes on the paper of the practice (`export.letterhead`), too.
    Raises ConfigError where template or letterhead cannot be used.
    """
    from scribe.export import letterhead
    from scribe.sections import layout_rules, note_templates

    view = layout_rules.lay_out(note, note_templates.chosen(config))
    return view if about is None else replace(view, letter=letterhead.letter(config.export, about))


def for_patient(note: Note) -> PatientSummary:
    """The summary for the patient, in plain words: a second view of the note's statements."""
    from scribe.sections import patient_view

    return patient_view.summarise(note)


def code(note: Note, config: Config, *, on_progress: OnProgress = no_progress) -> Note:
    """Propose codes for a note from the tables in force on its date of service, with support, worksheet and questions.

    What the note says is not changed; a statement that breaks a rule gives no codes and has a remark. Raises AssetError
    where there is no table for that day.
    """
    from scribe.coding import documentation, services, suggest

    on_progress("coding", 0, 1)
    systems = code_systems(note, config)
    outpatient, visits = config.coding.setting == "outpatient", _office_visits(note, config)

    def coded(kept: Sequence[Statement]) -> Note:
        found = suggest.suggest(replace(note, sections=drafts.with_only(note.sections, kept)), systems, config)
        found = documentation.documented(found, systems, outpatient=outpatient, visits=visits)
        return services.suggest(found, systems)

    made, unread = without_faults(note.statements, coded, "coding")
    on_progress("coding", 1, 1)
    remarks = tuple(
        CodeRemark(CodeFlag.UNREAD, statement.id, Span(0, len(statement.text)), NOT_CODED) for statement in unread
    )
    return replace(made, sections=note.sections, remarks=(*made.remarks, *remarks))


def code_systems(note: Note, config: Config) -> list[CodeSystem]:
    """The code tables in force on the note's date of service; today's where it has none."""
    from scribe.coding import releases

    day = releases.day_of(note.encounter.date_of_service)
    return [engine("coding", name, config).on(day) for name in config.coding.systems]


def _office_visits(note: Note, config: Config) -> Any:
    """The user's own CPT table for the date of service; None where none is imported, or none of that time."""
    from scribe.coding import cpt, releases, store

    if not store.Store(store.folder(config)).imported(cpt.NAME):
        return None
    try:
        return engine("coding", cpt.NAME, config).on(releases.day_of(note.encounter.date_of_service))
    except AssetError:
        return None


def release_warnings(note: Note, config: Config) -> list[str]:
    """What a reader of the codes must know of their tables: that one had ended by the date of service."""
    from scribe.coding import releases

    day = releases.day_of(note.encounter.date_of_service)
    used = {item.coding.system for item in note.suggestions}
    found = (releases.warning(system.release, day) for system in code_systems(note, config) if system.name in used)
    return [warning for warning in found if warning]


def answer(note: Note, answers: Mapping[str, str], config: Config, *, author: str, at: datetime) -> Note:
    """The note with questions answered ("Q1": "left") by `author` at `at`, and coded again: a new revision.

    Raises InputError where a question is not open or does not offer the answer; then nothing is changed.
    """
    from scribe.coding import answers as answering
    from scribe.coding import documentation

    find = documentation.finder(code_systems(note, config))
    revision = note.revision + 1
    for name, text in answers.items():
        note = answering.record(note, name, text, author=author, at=at, find=find)
    return code(replace(note, revision=revision), config)


def source_sha256(audio: Audio) -> str:
    """SHA-256 of the sound, as the provenance of its transcript records it."""
    return hashlib.sha256(audio.samples.data).hexdigest()


@lru_cache(maxsize=ENGINES_KEPT)
def engine(stage: str, name: str, config: Config) -> Any:
    """The engine called `name`, built for `config` on first use and kept. Raises EngineError or AssetError."""
    return resolve(stage, name)(config)
