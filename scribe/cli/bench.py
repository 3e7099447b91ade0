"""`scribe bench asr|words|speakers|sections|notes|codes|speed|live DATA`, `scribe bench web|faults`: measure scribe."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from scribe.bench.report import Report, rounded
from scribe.cli import _common as common
from scribe.cli._bench_tables import print_tables
from scribe.errors import InputError


class Setting(StrEnum):
    """Where a text was written."""

    OUTPATIENT = "outpatient"
    INPATIENT = "inpatient"


app = typer.Typer(help="Measure scribe on data of your own.", no_args_is_help=True)

Data = Annotated[Path, typer.Argument(metavar="DATA", help="File or folder to measure on; see docs/benchmarks.md.")]
Out = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help="Write each item's prediction here, as JSON lines.")
]
Limit = Annotated[int | None, typer.Option("--limit", min=1, metavar="N", help="Only the first N items.")]


@app.command("asr")
def asr(
    data: Data,
    with_baseline: Annotated[
        bool, typer.Option("--baseline", help="Also run plain faster-whisper with the same weights.")
    ] = False,
    as_json: common.AsJson = False,
    out: Out = None,
    limit: Limit = None,
    engine: common.Engine = None,
    config_file: common.ConfigFile = None,
    sets: common.Sets = None,
) -> None:
    """Word error rate and medical-term error, on recordings with transcripts."""
    from scribe.bench import speech

    config = common.settings(config_file, sets, {"asr.engine": engine})
    _prepare(out)
    with common.progress() as on_progress:
        report = speech.asr(data, config, limit=limit, with_baseline=with_baseline, on_progress=on_progress)
    _finish(report, as_json, out)


@app.command("words")
def words(
    data: Data,
    with_baseline: Annotated[
        bool,
        typer.Option("--baseline", help="Also run plain faster-whisper with the same weights, and compare with it."),
    ] = False,
    drugs: Annotated[
        Path | None, typer.Option("--drugs", metavar="FILE", help="Names of drugs to look for, one a line.")
    ] = None,
    nonspeech: Annotated[
        bool, typer.Option("--nonspeech", help="Also count words read into recordings in which nobody speaks.")
    ] = False,
    silences: Annotated[
        int,
        typer.Option("--silences", min=0, metavar="N", help="Also hear N recordings with silences, and five times."),
    ] = 0,
    formatting: Annotated[
        Path | None,
        typer.Option("--formatting", metavar="FILE", help="Also check a table of spoken and written forms."),
    ] = None,
    as_json: common.AsJson = False,
    out: Out = None,
    limit: Limit = None,
    engine: common.Engine = None,
    config_file: common.ConfigFile = None,
    sets: common.Sets = None,
) -> None:
    """Drugs and medical terms kept and invented, with and without the vocabulary, on recordings with transcripts."""
    from scribe.bench import vocabulary

    config = common.settings(config_file, sets, {"asr.engine": engine})
    _prepare(out)
    extras = vocabulary.Extras(nonspeech=nonspeech, silences=silences, formatting=formatting)
    with common.progress() as on_progress:
        report = vocabulary.bench(
            data,
            config,
            limit=limit,
            with_baseline=with_baseline,
            drugs=drugs,
            extras=extras,
            on_progress=on_progress,
        )
    _finish(report, as_json, out)


@app.command("speakers")
def speakers(
    data: Data,
    as_json: common.AsJson = False,
    out: Out = None,
    limit: Limit = None,
    engine: common.Engine = None,
    config_file: common.ConfigFile = None,
    sets: common.Sets = None,
) -> None:
    """Share of words given to the right speaker, on recordings whose transcripts say who spoke."""
    from scribe.bench import speech

    config = common.settings(config_file, sets, {"asr.engine": engine})
    _prepare(out)
    with common.progress() as on_progress:
        report = speech.speakers(data, config, limit=limit, on_progress=on_progress)
    _finish(report, as_json, out)


@app.command("sections")
def sections(
    data: Data,
    as_json: common.AsJson = False,
    out: Out = None,
    limit: Limit = None,
    config_file: common.ConfigFile = None,
    sets: common.Sets = None,
) -> None:
    """Accuracy and F1 of the section classifier, on a CSV in the layout of MTS-Dialog."""
    from scribe.bench import labels

    config = common.settings(config_file, sets)
    _prepare(out)
    with common.progress() as on_progress:
        report = labels.sections(data, config, limit=limit, on_progress=on_progress)
    _finish(report, as_json, out)


@app.command("notes")
def notes(
    data: Annotated[
        list[Path] | None,
        typer.Argument(metavar="DATA...", help="Files or folders to measure on; see docs/benchmarks.md."),
    ] = None,
    sheet: Annotated[
        Path | None,
        typer.Option("--sheet", metavar="FILE", help="Write every statement to this CSV, for a clinician to grade."),
    ] = None,
    graded: Annotated[
        Path | None, typer.Option("--graded", metavar="FILE", help="Sum up a graded sheet instead; takes no DATA.")
    ] = None,
    as_json: common.AsJson = False,
    out: Out = None,
    limit: Limit = None,
    writer: common.Writer = None,
    config_file: common.ConfigFile = None,
    sets: common.Sets = None,
) -> None:
    """Notes against those of clinicians, and their facts against what was said: ACI-Bench, MTS-Dialog, PriMock57."""
    from scribe.bench import notes as bench
    from scribe.bench import sheet as sheets

    if graded is not None:
        if data or sheet is not None:
            raise InputError("--graded sums up a sheet: it goes with neither DATA nor --sheet")
        _prepare(out)
        _finish(sheets.summed(graded), as_json, out)
        return
    if not data:
        raise InputError("give the DATA to measure on, or a sheet with --graded")
    config = common.settings(config_file, sets, {"sections.writer": writer})
    _prepare(out)
    _prepare(sheet)
    with common.progress() as on_progress:
        report = bench.notes(data, config, limit=limit, on_progress=on_progress, on_warning=common.note_to_user)
    if sheet is not None:
        common.write_files(sheet.parent, {sheet.name: sheets.of(report.predictions).encode("utf-8-sig")})
    _finish(report, as_json, out)


@app.command("codes")
def codes(
    data: Data,
    setting: Annotated[
        Setting | None,
        typer.Option("--setting", help="Whose rules hold; left out: those of the data, or of the configuration."),
    ] = None,
    as_json: common.AsJson = False,
    out: Out = None,
    limit: Limit = None,
    config_file: common.ConfigFile = None,
    sets: common.Sets = None,
) -> None:
    """Precision, recall and F1 of the codes, on a folder in the layout of CodiEsp, or JSON lines of text and codes."""
    from scribe.bench import codes as bench

    config = common.settings(config_file, sets)
    _prepare(out)
    with common.progress() as on_progress:
        report = bench.codes(
            data, config, setting=setting.value if setting else None, limit=limit, on_progress=on_progress
        )
    _finish(report, as_json, out)


@app.command("code-search")
def code_search(
    data: Data,
    every: Annotated[int, typer.Option("--every", min=1, metavar="N", help="Only every N-th entry.")] = 1,
    as_json: common.AsJson = False,
    out: Out = None,
    limit: Limit = None,
    config_file: common.ConfigFile = None,
    sets: common.Sets = None,
) -> None:
    """Share of the entries of an Alphabetic Index whose code the search finds among the first five."""
    from scribe.bench import code_search as bench

    config = common.settings(config_file, sets)
    _prepare(out)
    with common.progress() as on_progress:
        report = bench.code_search(data, config, every=every, limit=limit, on_progress=on_progress)
    _finish(report, as_json, out)


@app.command("speed")
def speed(
    data: Data,
    runs: Annotated[int, typer.Option("--runs", min=1, metavar="N", help="Runs of each recording.")] = 1,
    as_json: common.AsJson = False,
    out: Out = None,
    limit: Limit = None,
    engine: common.Engine = None,
    config_file: common.ConfigFile = None,
    sets: common.Sets = None,
) -> None:
    """Time and memory of each stage, from recording to coded note; each run in a process of its own."""
    from scribe.bench import speed as bench

    config = common.settings(config_file, sets, {"asr.engine": engine})
    _prepare(out)
    with common.progress() as on_progress:
        report = bench.speed(data, config, runs=runs, limit=limit, on_progress=on_progress)
    _finish(report, as_json, out)


@app.command("live")
def live(
    data: Data,
    paced: Annotated[bool, typer.Option("--paced", help="Play in real time, not in virtual time.")] = False,
    by_cpu: Annotated[
        bool, typer.Option("--by-cpu", help="Count processor time by cores, for a machine that is busy otherwise.")
    ] = False,
    seconds: Annotated[
        float | None, typer.Option("--seconds", min=1, metavar="S", help="Only the first S seconds of each recording.")
    ] = None,
    soak: Annotated[
        float | None, typer.Option("--soak", min=0.01, metavar="HOURS", help="Play over and over for so long instead.")
    ] = None,
    as_json: common.AsJson = False,
    out: Out = None,
    limit: Limit = None,
    engine: common.Engine = None,
    config_file: common.ConfigFile = None,
    sets: common.Sets = None,
) -> None:
    """Latency, accuracy and cost of recognising a visit while it goes on, and of its record afterwards."""
    from scribe.bench import live as bench

    config = common.settings(config_file, sets, {"asr.engine": engine})
    how = bench.How(paced=paced, by_cpu=by_cpu)
    _prepare(out)
    if soak is not None:
        report = bench.soak(data, config, soak, how=how)
    else:
        with common.progress() as on_progress:
            report = bench.live(data, config, limit=limit, seconds=seconds, how=how, on_progress=on_progress)
    _finish(report, as_json, out)


@app.command("web")
def web(
    people: Annotated[int, typer.Option("--people", min=1, metavar="N", help="People who correct at once.")] = 25,
    seconds: Annotated[float, typer.Option("--seconds", min=1, metavar="S", help="For so long.")] = 60.0,
    pace: Annotated[
        float, typer.Option("--pace", min=0.05, metavar="S", help="Mean pause of a person between requests.")
    ] = 2.0,
    words: Annotated[int, typer.Option("--words", min=100, metavar="N", help="Words of the long visit.")] = 9_000,
    runs: Annotated[int, typer.Option("--runs", min=1, metavar="N", help="Times the long visit is opened.")] = 5,
    page: Annotated[bool, typer.Option("--page/--no-page", help="Also open it in a browser and type.")] = True,
    as_json: common.AsJson = False,
    out: Out = None,
    config_file: common.ConfigFile = None,
    sets: common.Sets = None,
) -> None:
    """Many people at the workbench at once, and a long visit: how long answers, the page and each key take."""
    from scribe.bench import web as bench

    config = common.settings(config_file, sets)
    _prepare(out)
    with common.progress() as on_progress:
        report = bench.web(
            config,
            people=people,
            seconds=seconds,
            pace=pace,
            words=words,
            runs=runs,
            page=page,
            on_progress=on_progress,
            on_warning=common.note_to_user,
        )
    _finish(report, as_json, out)


@app.command("faults")
def faults(
    loops: Annotated[
        list[str] | None, typer.Argument(metavar="[LOOP]...", help="Which loops to run; all of them by default.")
    ] = None,
    trials: Annotated[int, typer.Option("--trials", min=1, metavar="N", help="Trials of each loop.")] = 200,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Where random choices begin.")] = 0,
    database: Annotated[
        str, typer.Option("--database", metavar="URL", help="PostgreSQL server for the store; SQLite by default.")
    ] = "",
    data: Annotated[
        list[Path] | None,
        typer.Option("--data", metavar="DATA", help="A data set of visits for `drafting`; may be given several times."),
    ] = None,
    as_json: common.AsJson = False,
    out: Out = None,
    config_file: common.ConfigFile = None,
    sets: common.Sets = None,
) -> None:
    """Attack a scribe of its own on this machine: kills, floods, damaged files. Exit code 1 where anything broke."""
    from scribe.bench import faults as bench

    unknown = [name for name in loops or () if name not in bench.LOOPS]
    if unknown:
        raise InputError(f"there is no loop {unknown[0]}: choose from {', '.join(bench.LOOPS)}")
    config = common.settings(config_file, sets)
    _prepare(out)
    with common.progress() as on_progress:
        options = bench.Options(config, trials, seed, database, tuple(data or ()), on_progress)
        report = bench.bench(tuple(loops or bench.LOOPS), options)
    _finish(report, as_json, out)
    for failure in report.predictions:
        common.note_to_user(f"{failure['loop']}: {failure['failure']}")
    if report.metrics["failures"]:
        raise typer.Exit(1)


def _prepare(out: Path | None) -> None:
    """Find out now, not after the work, that `out` cannot be written."""
    if out is not None:
        common.ensure_folder(out.parent)


def _finish(report: Report, as_json: bool, out: Path | None) -> None:
    if out is not None:
        common.write_files(out.parent, {out.name: report.to_json_lines().encode()})
    if as_json:
        common.emit(report.to_json())
    else:
        print_tables(rounded(report.metrics))
