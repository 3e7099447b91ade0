"""Clinical speech to finished, coded documentation, on the clinician's own machine.

    from pathlib import Path
    from scribe import load_audio, load_config, pipeline

    config = load_config()
    audio = load_audio(Path("visit.flac"), config.audio)
    note = pipeline.run(audio, config).note

Names are imported when they are first used, so `import scribe` loads neither torch nor spaCy.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scribe import pipeline as pipeline
    from scribe.audio import load as load_audio
    from scribe.config import Config as Config
    from scribe.config import load as load_config
    from scribe.errors import ScribeError as ScribeError
    from scribe.serial import dumps as dumps
    from scribe.serial import loads as loads
    from scribe.types import Audio as Audio
    from scribe.types import CodeSuggestion as CodeSuggestion
    from scribe.types import Evidence as Evidence
    from scribe.types import Mode as Mode
    from scribe.types import Note as Note
    from scribe.types import Role as Role
    from scribe.types import Segment as Segment
    from scribe.types import Statement as Statement
    from scribe.types import Transcript as Transcript
    from scribe.types import Word as Word

__version__ = "0.1.0"

_HOMES = {
    "Audio": "scribe.types",
    "CodeSuggestion": "scribe.types",
    "Config": "scribe.config",
    "Evidence": "scribe.types",
    "Mode": "scribe.types",
    "Note": "scribe.types",
    "Role": "scribe.types",
    "ScribeError": "scribe.errors",
    "Segment": "scribe.types",
    "Statement": "scribe.types",
    "Transcript": "scribe.types",
    "Word": "scribe.types",
    "dumps": "scribe.serial",
    "load_audio": "scribe.audio:load",
    "load_config": "scribe.config:load",
    "loads": "scribe.serial",
    "pipeline": "scribe.pipeline:",
}

__all__ = [
    "Audio",
    "CodeSuggestion",
    "Config",
    "Evidence",
    "Mode",
    "Note",
    "Role",
    "ScribeError",
    "Segment",
    "Statement",
    "Transcript",
    "Word",
    "dumps",
    "load_audio",
    "load_config",
    "loads",
    "pipeline",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'scribe' has no attribute {name!r}")
    module, colon, attribute = home.partition(":")
    found = import_module(module)
    if not colon:
        return getattr(found, name)
    return getattr(found, attribute) if attribute else found
