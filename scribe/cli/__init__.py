"""The command line: one file per verb, thin. Printing happens here and nowhere else."""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path

EXIT_FAILED = 1
EXIT_BUG = 70  # EX_SOFTWARE of sysexits.h
EXIT_INTERRUPTED = 130  # 128 + SIGINT


def main() -> None:
    """The `scribe` command. Every failure is one line on stderr and a non-zero exit code."""
    _stay_offline()
    try:
        from scribe.cli.app import app

        app()
    except Exception as error:
        sys.exit(_explain(error))
    except SystemExit as end:
        if end.code == EXIT_INTERRUPTED:
            _say("stopped; nothing half-written was left behind", EXIT_INTERRUPTED)
        raise


def _stay_offline() -> None:
    """Tell the libraries underneath that a run makes no network call."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("PYANNOTE_METRICS_ENABLED", "false")


def _explain(error: Exception) -> int:
    from scribe.errors import ScribeError

    if isinstance(error, ScribeError):
        return _say(str(error), EXIT_FAILED)
    # The message of an unforeseen error may quote what was said, so only its kind and place are shown.
    place = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(place.filename).name}:{place.lineno}"
    return _say(f"internal error ({type(error).__name__} at {where}): please report this line", EXIT_BUG)


def _say(message: str, code: int) -> int:
    print(f"scribe: {message}", file=sys.stderr)
    return code
