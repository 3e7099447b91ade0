"""Sound files -> `Audio`: `load` reads a file, `read` what is open already.

Names are imported when they are first used: the process that decodes imports parts of this package, and nothing else.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scribe.audio.reading import STDIN as STDIN
    from scribe.audio.reading import load as load
    from scribe.audio.reading import read as read
    from scribe.audio.reading import source_sha256 as source_sha256
    from scribe.audio.reading import times as times

__all__ = ["STDIN", "load", "read", "source_sha256", "times"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'scribe.audio' has no attribute {name!r}")
    return getattr(import_module("scribe.audio.reading"), name)
