"""What `scribe bench asr --baseline` compares with: faster-whisper as it comes, on the same weights.

No guards, no settings of ours but those that say which weights run on which processor; its own voice activity
detection only where that is asked for.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scribe.asr import threads, weights
from scribe.config import Config
from scribe.errors import EngineError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def transcribe(recording: Path | NDArray[np.float32], config: Config, *, vad: bool = False) -> str:
    """The text faster-whisper writes for a recording (a file, or samples at 16 kHz) with its own defaults.

    Raises AssetError where the weights are missing, EngineError where they are not CTranslate2's.
    """
    sound = str(recording) if isinstance(recording, Path) else recording
    segments, _ = _model(config).transcribe(sound, vad_filter=vad)
    return "".join(segment.text for segment in segments)


@lru_cache(maxsize=1)
def _model(config: Config) -> Any:
    from faster_whisper import WhisperModel  # type: ignore[import-untyped]

    found = weights.find(config)
    if found.is_checkpoint:
        raise EngineError("--baseline runs faster-whisper, which cannot read a .pt file: name a model in asr.model")
    return WhisperModel(
        str(found.path),
        device=config.asr.device,
        compute_type=config.asr.compute_type,
        cpu_threads=threads.count(config.asr.threads),
        local_files_only=True,
    )
