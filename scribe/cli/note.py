"""`scribe note AUDIO`: from a recording to a coded note, the main job."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from scribe import pipeline, serial
from scribe.audio import STDIN
from scribe.cli import _common as common
from scribe.cli import _documents as documents
from scribe.dictation.write import check_files
from scribe.errors import InputError, OutputError
from scribe.export import letterhead, patient
from scribe.export.checks import Checklist
from scribe.sections import note_templates
from scribe.types import Audio, Note, Transcript
from scribe.view import NoteView, PatientSummary

SHOWN_CHECKS = 8  # lines of the summary; note.html has all
SUMMARY = "patient.html"  # once made, it is made anew with the note: an old one beside a new note would mislead
DOCUMENTS = ("markdown", "html")  # always written


def note(
    recording: Annotated[
        Path, typer.Argument(metavar="AUDIO", help="Any common audio or video file; -: standard input.")
    ],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Folder for the files (default: AUDIO's name + -note).")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the note of another recording in DIR.")] = False,
    mode: common.ModeChoice = common.ModeOption.AUTO,
    engine: common.Engine = None,
    speakers: common.Speakers = None,
    roles: common.Roles = None,
    template: common.Template = None,
    patient_summary: common.PatientSummary = False,
    writer: common.Writer = None,
    formats: documents.Formats = None,
    about: documents.About = None,
    as_json: common.AsJson = False,
    config_file: common.ConfigFile = None,
    sets: common.Sets = None,
) -> None:
    """Turn a recording into a note with candidate codes, every line traceable to the second it was said."""
    given = {
        "asr.engine": engine,
        "diarization.speakers": speakers,
        "sections.template": template,
        "sections.writer": writer,
    }
    config = common.settings(config_file, sets, given)
    check_files(config)
    note_templates.chosen(config)
    pipeline.writer(config)
    asked = documents.parse(formats)
    folder = out or Path(f"{'recording' if recording == STDIN else recording.stem}-note")
    role_list = common.parse_roles(roles)
    named = documents.about(about, folder)
    letterhead.letter(config.export)
    with common.progress() as on_progress:
        sound = common.loaded(recording, config)
        common.ensure_folder(folder)
        if not force:
            _refuse_other(folder, sound)
        draft = pipeline.run(
            sound, config, mode=mode.mode, roles=role_list, on_progress=on_progress, on_warning=common.note_to_user
        )
    coded, transcript = draft.note, draft.transcript
    summary = pipeline.for_patient(coded) if patient_summary or (folder / SUMMARY).exists() else None
    written = write(coded, transcript, folder, pipeline.lay_out(coded, config, named), summary, asked)
    if not transcript.words:
        common.note_to_user("no speech was found in this recording: transcript and note are empty")
    common.report_writer(coded)
    if as_json:
        common.emit(serial.dumps(coded))
    else:
        summarise(coded, transcript, folder, written)


def _refuse_other(folder: Path, sound: Audio) -> None:
    """Never overwrite the note of another recording that happens to have the same name. Raises OutputError."""
    earlier = folder / "transcript.json"
    if not earlier.exists():
        return
    try:
        provenance = serial.loads(earlier.read_text(encoding="utf-8"), Transcript).provenance
    except (OSError, ValueError, InputError):
        provenance = None
    if provenance is None or provenance.source_sha256 != pipeline.source_sha256(sound):
        raise OutputError(f"{folder} holds the note of another recording: choose another with --out, or use --force")


def write(
    coded: Note,
    transcript: Transcript,
    folder: Path,
    view: NoteView,
    summary: PatientSummary | None = None,
    formats: Iterable[str] = (),
) -> tuple[str, ...]:
    """Write transcript.json, note.json, note.md, note.html, patient.html (of a summary) and the documents of `formats`.

    Documents that lie in the folder from before are made anew. All files are written, or none; returns their names.
    Raises OutputError.
    """
    wanted = dict.fromkeys((*DOCUMENTS, *documents.made_before(folder), *formats))
    files = {
        name: exporter.export(coded, transcript, view) for name, exporter in documents.exporters(list(wanted)).items()
    }
    files |= {"note.json": serial.dumps(coded).encode(), "transcript.json": serial.dumps(transcript).encode()}
    if summary is not None:
        files[SUMMARY] = patient.html(summary, coded)
    common.write_files(folder, files)
    return tuple(files)


def summarise(coded: Note, transcript: Transcript, folder: Path, written: Sequence[str]) -> None:
    """What a person at the terminal wants to see of a draft that was written."""
    minutes, seconds = divmod(round(transcript.duration), 60)
    roles = ", ".join(f"{item.role} ({item.score:.0%})" for item in transcript.roles) or "none"
    common.say(f"[bold]{coded.encounter.mode.capitalize()}[/bold], {minutes}:{seconds:02d} min, speakers: {roles}")
    for section in coded.sections:
        count = len(section.statements)
        common.say(f"  {section.title:<32} {count:>3} {'statement' if count == 1 else 'statements'}")
    common.say(f"  {'Candidate codes':<32} {len(coded.suggestions):>3}")
    for suggestion in coded.suggestions:
        common.say(common.plain(f"    {suggestion.coding.code:<9} {suggestion.coding.display}"))
    if coded.worksheet:
        common.say(common.plain(f"  {coded.worksheet.service.capitalize()}"))
    for query in coded.queries:
        common.say(common.plain(f"  {query.id}: {query.question} ({' / '.join(query.options)})"))
    print_checks(Checklist(coded, transcript))
    common.say(common.plain(f"Draft written to {folder}: {', '.join(written)}"))


def print_checks(checklist: Checklist) -> None:
    """The most dangerous things to check, each with its time and, for words that may be others, the readings."""
    checks = checklist.checks
    if not checks:
        common.say("Check first: nothing stood out. What is not listed can be wrong, too.")
        return
    common.say("[bold]Check first[/bold]")
    for check in checks[:SHOWN_CHECKS]:
        times = check.places[0].clock + (f" and {len(check.places) - 1} more" if len(check.places) > 1 else "")
        readings = f"{' or '.join(check.readings)}: " if check.readings else ""
        common.say(common.plain(f"  {check.title:<22} {readings}{check.reason} ({times})"))
    if len(checks) > SHOWN_CHECKS:
        common.say(f"  and {len(checks) - SHOWN_CHECKS} more, in note.html")
