"""What the decoding process found in a recording, in words; and whether the recording is used in spite of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scribe.audio._decoding import MAX_CHANNELS, MAX_STREAMS, SAMPLE_RATE
from scribe.config import AudioSettings
from scribe.errors import AudioError
from scribe.types import Audio, Interval, Missing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

AGAIN = "so it is damaged or made to do harm: export it again as WAV"
TOLERATED_SHARE = 0.05  # of a recording that may be missing, and it is used all the same, with the stretches flagged
TOLERATED_SECONDS = 30.0
_SHOWN = 3  # stretches that a refusal names
_LOST = {
    "undecodable": "the file is damaged here, and its sound cannot be decoded",
    "end": "the recording is cut short: by its header it goes on; a piece may be gone elsewhere instead",
}
_DOUBTFUL = {
    "gap": "the recorder made no sound file of this time",
    "still": "silent to the last bit, as no room is: the sound may have been muted or erased",
    "repeated": "this stretch of the file stands twice or in the wrong order",
    "clock": "the times in the file contradict the sound here: some of it may be missing",
    "longer": "the file holds more sound than its header tells of: a part may stand in it twice",
    "no-end": "the file has no end mark: the last seconds may be missing",
}
_REMARKS = {
    "length-unknown": "its header does not say how long it is; all sound was read",
    "opposed": "its channels have opposite phase: one was turned round",
}


@dataclass(frozen=True, slots=True)
class Ending:
    """What the decoding process says at its end."""

    missing: tuple[tuple[float, float, str], ...]  # start, end, reason
    unknown: str  # why sound is missing that nobody knows the length of; empty: none is
    remarks: tuple[str, ...]


def ending(told: Mapping[str, Any], name: str, settings: AudioSettings) -> Ending:
    """What the decoding process told. Raises AudioError where it refused the recording, or told nothing sensible."""
    if "refused" not in told:
        try:
            missing = tuple((float(start), float(end), str(reason)) for start, end, reason in told["missing"])
            return Ending(missing, str(told["unknown"]), tuple(str(item) for item in told["remarks"]))
        except (KeyError, TypeError, ValueError) as error:
            raise AudioError(f"{name} could not be decoded, {AGAIN}") from error
    value = told["value"]
    reasons = {
        "no-sound-track": "has no sound track: choose a recording with sound",
        "channels": f"has {value} channels: at most {MAX_CHANNELS} can be read",
        "streams": f"has {value} tracks: at most {MAX_STREAMS} can be read",
        "rate": f"has {value} samples a second: export it again with 8,000 to 192,000",
        "not-numbers": "holds samples that are not numbers: export it again as 16-bit WAV",
        "memory": f"asks for more memory than a recording needs, {AGAIN}",
        "too-long": f"is longer than {settings.max_hours:g} hours: cut it into parts, or raise audio.max_hours",
    }
    raise AudioError(f"{name} {reasons[told['refused']]}")


def audio(samples: NDArray[np.float32], found: Ending, name: str, settings: AudioSettings) -> Audio:
    """The recording with what is missing of it. Raises AudioError where that is too much to use it unasked."""
    missing = tuple(
        Missing(Interval(round(start, 3), round(end, 3)), _words(reason)) for start, end, reason in found.missing
    )
    lost = [Interval(start, end) for start, end, reason in found.missing if reason in _LOST]
    seconds = sum(item.duration for item in lost)
    made_up = sum(item.duration for item in lost if item.end <= len(samples) / SAMPLE_RATE + 0.1)
    whole = len(samples) / SAMPLE_RATE + seconds - made_up
    if not len(samples) or made_up >= len(samples) / SAMPLE_RATE:
        broken = found.unknown or lost
        reason = "is damaged and nothing of it can be read" if broken else "holds no sound"
        raise AudioError(f"{name} {reason}: record it again or copy it again from the recorder")
    too_much = seconds > min(TOLERATED_SHARE * whole, TOLERATED_SECONDS)
    if (found.unknown or too_much) and not settings.accept_damaged:
        cut = found.unknown == "cut" or any(reason == "end" for _, _, reason in found.missing)
        raise AudioError(
            f"{name} is {'cut short' if cut else 'damaged'}, {len(samples) / SAMPLE_RATE - made_up:.0f} seconds of it "
            f"can be read{_named(lost)}: copy it again from the recorder, or set audio.accept_damaged to true to use "
            "what is there"
        )
    if found.unknown:
        end = len(samples) / SAMPLE_RATE
        reason = "the recording is cut short" if found.unknown == "cut" else "the file is damaged"
        missing += (Missing(Interval(end, end), f"{reason}: nobody can say how much is missing"),)
    return Audio(samples, SAMPLE_RATE, missing, tuple(_remark(item) for item in found.remarks))


def times(stretches: Sequence[Interval]) -> str:
    """`0:30 to 0:35, 1:10 to 1:12 and 3 more`."""
    shown = ", ".join(f"{_clock(item.start)} to {_clock(item.end)}" for item in stretches[:_SHOWN])
    more = len(stretches) - _SHOWN
    return f"{shown} and {more} more" if more > 0 else shown


def _named(lost: Sequence[Interval]) -> str:
    return f" ({times(lost)} is missing)" if lost else ""


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02}"


def _words(reason: str) -> str:
    if reason.startswith("track-"):
        return f"track {reason[6:]} of the file has sound, too, and was not read: export it as a recording of its own"
    return _LOST.get(reason) or _DOUBTFUL.get(reason) or "the file is damaged here"


def _remark(code: str) -> str:
    if code.startswith("silent-track-"):
        return f"its track {code[13:]} is silent: the next one with sound was read"
    return _REMARKS.get(code, "the file is odd")
