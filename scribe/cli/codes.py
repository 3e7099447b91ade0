"""`scribe codes list | import | show | search | remove`: the code tables that are there, and what stands in them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from scribe.cli import _common as common
from scribe.coding import cpt, hcpcs, releases, store
from scribe.coding.flat import FlatSystem
from scribe.coding.icd10cm import Icd10cm
from scribe.coding.icd10cm_files import SUPPLEMENTS
from scribe.config import Config
from scribe.errors import AssetError, InputError
from scribe.plugins import Release

app = typer.Typer(help="Code tables: ICD-10-CM, HCPCS, and CPT where you have a licence.", no_args_is_help=True)

MAX_BYTES = 200_000_000  # of one file to import
CPT_TERMS = (
    "CPT is copyright of the American Medical Association and needs a licence. The table stays on this computer. "
    "Add --accept-licence to confirm that you have a licence for it."
)


class System(StrEnum):
    """The code systems."""

    ICD10CM = "icd10cm"
    HCPCS = "hcpcs"
    CPT = "cpt"


SystemName = Annotated[System, typer.Argument(metavar="SYSTEM", help="icd10cm, hcpcs or cpt.", show_choices=False)]
ReleaseName = Annotated[str, typer.Option("--release", metavar="NAME", help="Release: 2027 or 2026-10.")]
Day = Annotated[str, typer.Option("--date", metavar="DATE", help="Date of service, 2026-05-04; default: today.")]


@app.callback()
def group() -> None:
    """Code tables: ICD-10-CM, HCPCS, and CPT where you have a licence."""


@app.command("list")
def list_tables(
    as_json: common.AsJson = False, config_file: common.ConfigFile = None, sets: common.Sets = None
) -> None:
    """Show every table: release, days of service it is for, licence, and where it came from."""
    config = common.settings(config_file, sets)
    kept = store.Store(store.folder(config))
    rows = [_row(release, system, kept) for system in System for release in _releases(system, config)]
    if as_json:
        common.emit(json.dumps(rows, indent=1) + "\n")
        return
    for row in rows:
        files = f"; with {', '.join(row['files'])}" if row["files"] else ""
        days = f"{row['from']} to {row['to']}"
        common.emit(f"{row['system']:<8} {row['release']:<8} {days}  {row['source']}{files}  [{row['licence']}]\n")
    if not any(row["system"] == System.CPT for row in rows):
        common.emit("cpt      none: `scribe codes import cpt FILE` reads the table you have a licence for\n")


@app.command("import")
def import_tables(
    system: SystemName,
    files: Annotated[list[Path], typer.Argument(metavar="FILES...", help="The official files, as published.")],
    release: ReleaseName = "",
    accept_licence: Annotated[
        bool, typer.Option("--accept-licence", help="For CPT: confirm that you have a licence of the AMA.")
    ] = False,
    config_file: common.ConfigFile = None,
    sets: common.Sets = None,
) -> None:
    """Read official files: all of them, or none where one is wrong.

    ICD-10-CM: tabular list (XML), order file or code list, Alphabetic Index (XML or CSV), tables of neoplasms, drugs
    and external causes. HCPCS: CMS's Alpha-Numeric zip, or the text in it. CPT: your own CSV of codes and descriptors.
    """
    config = common.settings(config_file, sets)
    contents = {path.name: _read(path) for path in files}
    if len(contents) < len(files):
        raise InputError("two of the files have one name: rename one of them")
    if system is System.ICD10CM:
        table = Icd10cm(config)
        for file in table.import_files(contents, release, date.today()):
            called = f"release {file.release}" if file.release else "every release that has none of its own"
            common.say(common.plain(f"Imported {file.name}: {file.kind} of ICD-10-CM, for {called}"))
        common.note_to_user("making the index; this takes some seconds")
        Icd10cm(config).index.entry("")
        return
    if len(files) > 1:
        raise InputError(f"{system} is one file: import them one after the other")
    ((name, content),) = contents.items()
    if system is System.HCPCS:
        called, count = hcpcs.Hcpcs(config).import_file(name, content, release, date.today())
    else:
        if not accept_licence:
            raise InputError(CPT_TERMS)
        kept = store.Store(store.folder(config))
        count = cpt.import_file(kept, name, content, release, f"{cpt.LICENCE} on {date.today()}", date.today())
        called = release
    common.say(common.plain(f"Imported {name}: {count:,} codes of {system}, release {called}"))


@app.command()
def show(
    system: SystemName,
    code: Annotated[str, typer.Argument(metavar="CODE", help="A code, with or without its dot.")],
    release: ReleaseName = "",
    day: Day = "",
    as_json: common.AsJson = False,
    config_file: common.ConfigFile = None,
    sets: common.Sets = None,
) -> None:
    """Show one code: its name, whether it can be billed, its notes, and what stands above and below it."""
    table = _table(system, common.settings(config_file, sets), release, day)
    wanted = code.strip().upper()
    entry = table.index.entry(_dotted(wanted) if system is System.ICD10CM else wanted)
    if entry is None:
        raise InputError(
            f"{system} release {table.release.name} has no code {_shortened(code)}: try `scribe codes search`"
        )
    lineage = [table.index.entry(above) for above in table.index.lineage(entry.code)[1:]]
    found = {
        "system": system.value,
        "release": table.release.name,
        "code": entry.code,
        "name": entry.display,
        "billable": table.is_billable(entry.code),
        "notes": [{"kind": kind, "text": text} for kind, text in table.index.notes(entry.code)],
        "above": [{"code": item.code, "name": item.display} for item in lineage if item],
        "below": [{"code": item.code, "name": item.display} for item in table.index.children(entry.code)],
    }
    common.emit(json.dumps(found, indent=1, ensure_ascii=False) + "\n" if as_json else _described(found))


@app.command()
def search(
    system: SystemName,
    text: Annotated[list[str], typer.Argument(metavar="WORDS...", help="What to look for.")],
    limit: Annotated[int, typer.Option("--limit", min=1, max=100, metavar="N", help="How many codes.")] = 10,
    release: ReleaseName = "",
    day: Day = "",
    as_json: common.AsJson = False,
    config_file: common.ConfigFile = None,
    sets: common.Sets = None,
) -> None:
    """Find codes by words, best first. The exit code is 1 where none is found."""
    table = _table(system, common.settings(config_file, sets), release, day)
    found = table.search(" ".join(text), limit)
    if as_json:
        rows = [
            {"code": f.code, "name": f.display, "found_by": f.name, "kind": f.kind, "score": f.score} for f in found
        ]
        common.emit(json.dumps(rows, indent=1, ensure_ascii=False) + "\n")
    else:
        for item in found:
            by = "" if item.name == item.display else f"  ({item.kind}: {item.name})"
            common.emit(f"{item.code:<9} {item.display}{by}\n")
    if not found:
        common.note_to_user("no code has these words in its names: try fewer or other words")
        raise typer.Exit(1)


@app.command()
def remove(
    system: SystemName,
    release: Annotated[str, typer.Argument(metavar="RELEASE", help="As `scribe codes list` shows it; - for none.")],
    config_file: common.ConfigFile = None,
    sets: common.Sets = None,
) -> None:
    """Take back what was imported for a release."""
    kept = store.Store(store.folder(common.settings(config_file, sets)))
    count = kept.remove(system, "" if release == "-" else release)
    if not count:
        raise InputError(f"nothing is imported of {system} release {_shortened(release)}: see `scribe codes list`")
    common.say(common.plain(f"Removed {count} file{'' if count == 1 else 's'} of {system}, release {release}"))


def _releases(system: System, config: Config) -> Sequence[Release]:
    if system is System.CPT:
        return cpt.releases_of(store.Store(store.folder(config)))
    return Icd10cm(config).releases() if system is System.ICD10CM else hcpcs.Hcpcs(config).releases()


def _table(system: System, config: Config, release: str, day: str) -> Icd10cm | FlatSystem:
    """The table of a release, or else of a day; whoever reads it is told where it is not for that day."""
    on = releases.day_of(day or None)
    if system is System.CPT and not _releases(system, config):
        raise AssetError("no CPT table is loaded: `scribe codes import cpt FILE` reads the one you have a licence for")
    made = {System.ICD10CM: Icd10cm, System.HCPCS: hcpcs.Hcpcs, System.CPT: cpt.Cpt}[system]
    table: Icd10cm | FlatSystem = made(config)
    if not release:
        accepted = config.coding.ended_release == "warn"
        table = table.of(releases.chosen(table.releases(), system, on, accept_ended=accepted))
        if told := releases.warning(table.release, on):
            common.note_to_user(told)
        return table
    known = {item.name: item for item in _releases(system, config)}
    name = releases.fiscal_of(release)[0] if system is System.ICD10CM else release
    if name not in known:
        raise InputError(f"there is no {system} release {_shortened(release)}: there is {', '.join(known) or 'none'}")
    return table.of(known[name])


def _row(release: Release, system: System, kept: store.Store) -> dict[str, Any]:
    files = [item for item in kept.imported(system) if item.release in ("", release.name) or _supplements(item, system)]
    return {
        "system": system.value,
        "release": release.name,
        "from": release.first.isoformat(),
        "to": release.last.isoformat(),
        "source": release.source,
        "licence": release.licence,
        "files": [f"{item.kind} {item.release}".strip() for item in files],
    }


def _supplements(item: store.Imported, system: System) -> bool:
    return system is System.ICD10CM and item.kind in SUPPLEMENTS


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(f"{path} is larger than any code table: check the name")
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise InputError(f"there is no file {path}: check the name") from error
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}): name a file that can") from error
    if not content.strip():
        raise InputError(f"{path} is empty: fetch it again")
    return content


def _dotted(code: str) -> str:
    plain = code.replace(".", "")
    return f"{plain[:3]}.{plain[3:]}" if len(plain) > 3 and "-" not in plain else code


def _described(found: Mapping[str, Any]) -> str:
    lines = [f"{found['code']}  {found['name']}", f"{found['system']} release {found['release']}"]
    lines.append(
        "can be billed" if found["billable"] else "cannot be billed: choose a code below it, or of another release"
    )
    lines += [f"  {note['kind']}: {note['text']}" for note in found["notes"]]
    lines += [f"  above: {item['code']}  {item['name']}" for item in found["above"]]
    lines += [f"  below: {item['code']}  {item['name']}" for item in found["below"]]
    return "\n".join(lines) + "\n"


def _shortened(text: str) -> str:
    """What the user typed, harmless on a terminal."""
    visible = "".join(character if character.isprintable() else "?" for character in text)
    return f"'{visible if len(visible) <= 40 else visible[:37] + '...'}'"
