"""The order of the stages, on one page.

    Audio -> transcribe -> Transcript -> write -> Note -> code -> Note with candidate codes -> lay_out -> NoteView

Each function is one step that can be run alone on the result of the step before it; `run` is all of them. Engines
are built once for each configuration and hold weights only, so calls share them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from scribe._containment import or_else, without_faults
from scribe.config import Config
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
    Encounter,
    Flag,
    FlagKind,
    Interval,
    Mode,
    Note,
    Provenance,
    Role,
    Section,
    Span,
    Statement,
    TakenBack,
    Transcript,
)
from scribe.view import NoteView, Particulars, PatientSummary

if TYPE_CHECKING:
    from scribe.diarization.voiceprints import Voiceprint

NOT_IN_NOTE = "one passage could not be read and is not in the note: its words are in the transcript"
NOT_COMPARED = "one statement could not be compared with the others: look for what contradicts it"
NOT_CODED = "this sentence could not be read for codes: look for what it gives"
NOT_JUDGED = "the words could not be searched for what can harm: read all of them"
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
) -> Note:
    """From a recording to a coded note. `mode` None means: find out whether this is a visit or a dictation."""
    transcript = transcribe(audio, config, mode=mode, roles=roles, on_progress=on_progress)
    return code(write(transcript, config, mode=mode, on_progress=on_progress), config, on_progress=on_progress)


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

    `prepared` saves work and changes nothing.
    """
    from scribe.asr import transcribe as asr
    from scribe.diarization import attribute
    from scribe.diarization import roles as role_finding

    recogniser = prepared.asr if prepared else engine("asr", config.asr.engine, config)
    speech = prepared.speech if prepared else None
    spoken = asr.transcribe(audio, recogniser, config, speech=speech, on_progress=on_progress)
    several = spoken.words and _guess(spoken, mode) is not Mode.DICTATION
    known = prepared.diarizer if prepared else None
    diarizer = (known or engine("diarization", config.diarization.engine, config)) if several else None
    prints = voiceprints(config) if diarizer else ()
    transcript = attribute.attribute(spoken, audio, diarizer, config, prints=prints, on_progress=on_progress)
    transcript = role_finding.override(transcript, roles) if roles else transcript
    transcript = checked(transcript, mode, config)
    made_by = [transcript.provenance] if transcript.provenance else []
    return replace(transcript, provenance=_joined(made_by, config, source_sha256(audio)))


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


def write(
    transcript: Transcript,
    config: Config,
    *,
    mode: Mode | None = None,
    on_progress: OnProgress = no_progress,
    on_warning: OnWarning = no_warning,
) -> Note:
    """Arrange a transcript into a note.

    Text that nobody is recorded to have said is taken as a note already, unless `mode` says that it was dictated.
    The sentences of a visit may be reworded by the writer of `sections.writer`; one that fails is an `on_warning`.
    Raises ConfigError where the user's commands, templates or writer cannot be used.
    """
    from scribe.dictation import write as writing
    from scribe.dictation import written
    from scribe.sections import compose, contradictions, note_templates, problems
    from scribe.sections import writing as wording

    on_progress("sections", 0, 1)
    template = note_templates.chosen(config)
    classifier = engine("sections", config.sections.classifier, config)
    is_note = not transcript.timed and not transcript.roles and mode is not Mode.DICTATION
    mode = _guess(transcript, mode) or Mode.VISIT
    unread: list[Span] = []
    taken_back: tuple[TakenBack, ...] = ()
    if is_note:
        sections = compose.arrange_note(transcript, classifier, config, on_unread=unread.append)
    else:
        page = writing.write(transcript, mode, config)
        taken_back = writing.taken_back(page, transcript)
        as_written = written.transcript(page.written, transcript)
        drafted = compose.arrange(as_written, mode, classifier, config, on_unread=unread.append)
        sections = written.relocate(drafted, page.written, transcript)
        unread = list(map(written.mover(page.written, transcript), unread))
    on_progress("sections", 1, 1)
    linked, loose = without_faults(
        [statement for section in sections for statement in section.statements],
        lambda kept: contradictions.marked(problems.linked(_of(sections, kept)), config.models),
        "contradictions",
    )
    linked = _put_back(sections, linked)
    author = writer(config) if mode is Mode.VISIT and not is_note else engine("writers", "rules", config)
    worded = wording.reword(linked, author, config, on_progress=on_progress, on_warning=on_warning)
    made_by = [
        classifier.provenance,
        *([] if is_note else compose.provenance(mode, config)),
        *([author.provenance] if worded.reworded or worded.refusals else []),
    ]
    note = _note(transcript, worded.sections, mode, config, made_by)
    flags = (
        *(_unread(transcript, span, NOT_IN_NOTE) for span in unread),
        *(_unread(transcript, statement.heard[0], NOT_COMPARED) for statement in loose),
    )
    note = replace(note, template=template.name, reworded=worded.reworded, refusals=worded.refusals)
    return replace(note, unread=flags, taken_back=taken_back)


def with_unread(transcript: Transcript, note: Note) -> Transcript:
    """The transcript with a flag at each passage that could not be read while `note` was made of it."""
    known = {(flag.kind, flag.interval) for flag in transcript.flags}
    found = [flag for flag in note.unread if (flag.kind, flag.interval) not in known]
    return replace(transcript, flags=(*transcript.flags, *found)) if found else transcript


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
        found = suggest.suggest(replace(note, sections=_of(note.sections, kept)), systems, config)
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


def checked(transcript: Transcript, mode: Mode | None, config: Config) -> Transcript:
    """The transcript with what a person should check: unsure words that can harm, odd doses, blanks that were left."""
    from scribe.asr import retracted, risk, vocabulary
    from scribe.dictation import write

    page = write.write(transcript, _guess(transcript, mode) or Mode.VISIT, config)
    transcript = replace(transcript, flags=tuple(dict.fromkeys((*transcript.flags, *page.flags))))
    if transcript.language != "en":
        return transcript
    unsearched = Flag(FlagKind.UNREAD, Interval(0.0, transcript.duration), NOT_JUDGED)
    flagged = replace(transcript, flags=(*transcript.flags, unsearched))
    back = write.taken_back(page, transcript)
    judged = or_else(lambda: risk.flagged(transcript, vocabulary.load(config)), flagged, "risk")
    return or_else(lambda: retracted.flagged(judged, back, vocabulary.load(config)), judged, "taken back")


def source_sha256(audio: Audio) -> str:
    """SHA-256 of the sound, as the provenance of its transcript records it."""
    return hashlib.sha256(audio.samples.data).hexdigest()


@lru_cache(maxsize=ENGINES_KEPT)
def engine(stage: str, name: str, config: Config) -> Any:
    """The engine called `name`, built for `config` on first use and kept. Raises EngineError or AssetError."""
    return resolve(stage, name)(config)


def _guess(transcript: Transcript, mode: Mode | None) -> Mode | None:
    """The mode asked for; else dictation where words or a lone speaker show it; else None, not known (yet)."""
    from scribe.dictation import detect

    if mode is not None or not transcript.words:
        return mode
    alone = transcript.timed and {word.speaker for word in transcript.words} == {transcript.words[0].speaker}
    known = transcript.words[0].speaker is not None
    return Mode.DICTATION if (alone and known) or detect.is_dictation(transcript) else None


def _of(sections: Sequence[Section], kept: Sequence[Statement]) -> tuple[Section, ...]:
    """The sections with these statements of theirs alone."""
    ids = {statement.id for statement in kept}
    return tuple(
        section if all(item.id in ids for item in section.statements) else replace(section, statements=some)
        for section in sections
        if (some := tuple(item for item in section.statements if item.id in ids)) or not section.statements
    )


def _put_back(sections: tuple[Section, ...], changed: Sequence[Section]) -> tuple[Section, ...]:
    """The sections with each statement as it is in `changed`, and as it was where it is not there."""
    now = {statement.id: statement for section in changed for statement in section.statements}
    return tuple(
        replace(section, statements=tuple(now.get(item.id, item) for item in section.statements))
        for section in sections
    )


def _unread(transcript: Transcript, span: Span, reason: str) -> Flag:
    """The flag of a passage that broke a step. Without times the reason says which it is."""
    if (interval := transcript.seconds(span)) is not None:
        return Flag(FlagKind.UNREAD, interval, reason)
    ends = accumulate(len(segment.text) for segment in transcript.segments)
    sentence = 1 + sum(end <= span.start for end in ends)
    return Flag(FlagKind.UNREAD, Interval(0.0, 0.0), f"{reason} (sentence {sentence} of the text)")


def _note(
    transcript: Transcript,
    sections: tuple[Section, ...],
    mode: Mode,
    config: Config,
    made_by: Sequence[Provenance],
) -> Note:
    stages = [transcript.provenance, *made_by] if transcript.provenance else made_by
    provenance = _joined(stages, config, hashlib.sha256(transcript.text.encode()).hexdigest())
    identity = hashlib.sha256(f"{provenance.source_sha256}{provenance.config_hash}".encode()).hexdigest()[:16]
    encounter = Encounter(id=f"encounter-{identity}", mode=mode)
    return Note(id=f"note-{identity}", encounter=encounter, sections=sections, provenance=provenance)


def _joined(stages: Sequence[Provenance], config: Config, source: str) -> Provenance:
    """One provenance of all `stages`. `source` is the sha256 of what was read, where no stage has recorded it."""
    return Provenance(
        engine=" + ".join(dict.fromkeys(stage.engine for stage in stages)),
        weights=tuple(dict.fromkeys(file for stage in stages for file in stage.weights)),
        config_hash=config.hash,
        versions=tuple(dict.fromkeys(package for stage in stages for package in stage.versions)),
        source_sha256=next((stage.source_sha256 for stage in stages if stage.source_sha256), source),
    )
