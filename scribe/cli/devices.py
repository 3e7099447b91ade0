"""`scribe devices`: microphones, and whether they hear anything."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from scribe.capture import microphone
from scribe.capture.level import CLIPPING, QUIET, SILENCE, Level, Meter, Trouble
from scribe.capture.microphone import LOOPBACK_WARNING, Microphone
from scribe.capture.source import Samples
from scribe.cli import _common as common
from scribe.errors import CaptureError

_BAR = 40  # characters for 60 dB
_FLOOR = -60.0


def devices(
    meter: Annotated[
        str | None, typer.Option("--meter", metavar="DEVICE", help="Show how loud a device is, until Ctrl-C.")
    ] = None,
    test: Annotated[
        float | None,
        typer.Option("--test", metavar="SECONDS", min=0.5, max=600, help="Listen; exit code 1 if there is no sound."),
    ] = None,
    as_json: common.AsJson = False,
    config_file: common.ConfigFile = None,
    sets: common.Sets = None,
) -> None:
    """List the microphones, or check one: the one of `--meter`, else of the settings (capture.device)."""
    config = common.settings(config_file, sets)
    if test is not None:
        _test(Microphone(meter or config.capture.device), test, as_json)
    elif meter is not None:
        _show(Microphone(meter))
    elif as_json:
        common.emit(json.dumps([asdict(device) for device in microphone.devices()], indent=1) + "\n")
    else:
        _list(config.capture.device)


def _list(chosen: str) -> None:
    known = microphone.devices()
    if not known:
        raise CaptureError("there is no microphone: plug one in and try again")
    used = microphone.find(chosen)
    table = Table("", "device", "system", "rate", "channels", "", box=None, header_style="bold")
    for device in known:
        mark = "used" if device == used else ""
        remark = "loopback" if device.loopback else ""
        table.add_row(mark, escape(device.name), device.host_api, f"{device.rate} Hz", str(device.channels), remark)
    Console(highlight=False).print(table)
    if used.loopback:
        common.note_to_user(f"{used.name}: {LOOPBACK_WARNING} with capture.device")


def _test(source: Microphone, seconds: float, as_json: bool) -> None:
    """Listen, and tell what was heard. Raises CaptureError where that was nothing."""
    meter = Meter()
    levels: list[Level] = []
    troubles: set[Trouble] = set()
    stop = threading.Event()
    heard = 0

    def sink(samples: Samples) -> None:
        nonlocal heard
        heard += len(samples)
        meter.add(samples)
        levels.append(meter.level)
        troubles.update(meter.troubles)

    timer = threading.Timer(seconds, stop.set)
    timer.start()
    try:
        source.run(sink, stop)
    finally:
        timer.cancel()
    peak = max((level.peak for level in levels), default=SILENCE)
    loudest = max((level.rms for level in levels), default=SILENCE)
    warnings = [*source.warnings, *(trouble.message for trouble in sorted(troubles))]
    if loudest < QUIET and peak > SILENCE and not troubles:
        warnings.append(Trouble.QUIET.message)
    if as_json:
        found = {"device": source.name, "seconds": round(heard / 16_000, 2), "peak": peak, "rms": loudest}
        common.emit(json.dumps({**found, "warnings": warnings}, indent=1) + "\n")
    else:
        common.say(common.plain(f"{source.name}: loudest {loudest:.0f} dBFS, peak {peak:.0f} dBFS"))
        for warning in warnings:
            common.say(common.plain(f"  {warning}"))
    if peak <= SILENCE:
        raise CaptureError(f"{source.name} gave no sound in {seconds:g} seconds: {Trouble.SILENT.message}")


def _show(source: Microphone) -> None:
    """A level meter, until Ctrl-C or the device fails."""
    meter, stop = Meter(), threading.Event()
    failed: list[CaptureError] = []

    def listen() -> None:
        try:
            source.run(meter.add, stop)
        except CaptureError as error:
            failed.append(error)

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    try:
        with Live(console=Console(highlight=False), refresh_per_second=15) as live:
            while thread.is_alive():
                warnings = (*source.warnings, *(trouble.message for trouble in meter.troubles))
                live.update(_bar(source.name, meter.level, warnings))
                time.sleep(0.05)
    except KeyboardInterrupt:
        pass
    finally:
        stop.set()
        thread.join()
    if failed:
        raise failed[0]


def _bar(name: str, level: Level, warnings: tuple[str, ...]) -> Text:
    def place(decibels: float) -> int:
        return max(0, min(_BAR, round((decibels - _FLOOR) / -_FLOOR * _BAR)))

    filled, peak = place(level.rms), place(level.peak)
    bar = "█" * filled + "─" * max(0, peak - filled) + " " * (_BAR - max(filled, peak))
    colour = "red" if level.peak >= CLIPPING else "green" if level.rms >= QUIET else "yellow"
    text = Text(f"{name}\n")
    text.append(f"[{bar}]", style=colour)
    text.append(f" {level.rms:4.0f} dBFS, peak {level.peak:4.0f}")
    for warning in warnings:
        text.append(f"\n{warning}", style="bold red")
    return text
