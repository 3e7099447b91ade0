"""The clipboard, through the small program that each system has for it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from scribe.errors import OutputError

MISSING = "there is no program for the clipboard: install wl-clipboard (Wayland), xclip or xsel (X11), or use --to FILE"
WAIT = 5.0  # seconds


def _programs() -> list[list[str]]:
    """What may be there, the best first."""
    if sys.platform == "darwin":
        return [["pbcopy"]]
    if sys.platform == "win32":
        return [["clip"]]
    wayland = [["wl-copy"]] if os.environ.get("WAYLAND_DISPLAY") else []
    x11 = (
        [["xclip", "-selection", "clipboard"], ["xsel", "--clipboard", "--input"]] if os.environ.get("DISPLAY") else []
    )
    return [*wayland, *x11]


def program() -> list[str]:
    """The command that takes text for the clipboard on its standard input. Raises OutputError where there is none."""
    for command in _programs():
        if shutil.which(command[0]):
            return command
    raise OutputError(MISSING)


def copy(text: str, command: list[str]) -> None:
    """Put `text` on the clipboard with `program()`. Raises OutputError."""
    encoded = text.encode("utf-16-le" if command == ["clip"] else "utf-8")
    try:
        # The programs of X11 stay behind to serve the clipboard, so nobody waits for the end of what they print.
        subprocess.run(  # noqa: S603
            command, input=encoded, check=True, timeout=WAIT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise OutputError(f"{command[0]} could not put the text on the clipboard: use --to FILE") from error
