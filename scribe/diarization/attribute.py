"""Words get speakers, and speakers get roles: what is heard and what is said, decided together.

1. The diarizer says which voice is heard when; each word gets a voice (`assign`).
2. Words are cut into pieces that one person said (`pieces`).
3. What a piece says is evidence for clinician or patient (`roles`); how it sounds is evidence for one of two speakers,
   as far as voices and words agree elsewhere in the recording (`evidence`); and people take turns (`decode`).
   Each sharpens the others for a few rounds.
4. A third voice, clearly apart, is left to the diarizer alone and gets the role `other`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from scribe import assets
from scribe.config import Config
from scribe.diarization import assign, decode, evidence, pieces, roles, voiceprints
from scribe.diarization.pieces import Piece
from scribe.diarization.voiceprints import Voiceprint, usable
from scribe.plugins import Diarizer, OnProgress, VoiceEncoder, no_progress
from scribe.types import (
    Annotation,
    Audio,
    Flag,
    FlagKind,
    Interval,
    Provenance,
    Role,
    SpeakerRole,
    Transcript,
    Word,
)

Floats = NDArray[np.floating]

TEXT_WEIGHT = 1.0  # words around a piece speak for it and for their own piece: count the evidence once
MOST_TEXT = 7.0  # log-odds beyond which words alone are not believed
VOICE_SCALE = 3.0  # of the diarizer's voices beside the embedding of the piece, in the regression
ROUNDS = 2
LEAST_PIECE = 1.0  # seconds of a piece that is compared with voiceprints
KNOWN_VOICE = 0.95  # how sure the role is of a speaker whom a voiceprint knows
OVERLAP_SECONDS = 0.5  # shorter overlaps are ordinary turn-taking
OVERLAP_REASON = "two people spoke at once"

# When the diarizer hears one voice, two speakers are believed only where the words insist.
# Gain per piece by words is above 0.5 in nearly all dialogues and below 0.3 in nearly all monologues (CARD.md).
INSISTING = 0.45
SUGGESTING = 0.2
LEAST_AGREEMENT = 0.25  # of sound and words


@dataclass(frozen=True, slots=True)
class _Scene:
    """All that is known about the pieces that the two main speakers share."""

    pieces: list[Piece]
    text: Floats  # (pieces,) log-odds of clinician, from what is said
    sound: Floats  # (pieces, dim)
    seconds: Floats  # (pieces,)
    heard_first: NDArray[np.bool_]  # (pieces,): whether the diarizer hears the voice that talks more like a clinician
    stay: Floats  # (pieces,)


def attribute(
    transcript: Transcript,
    audio: Audio,
    diarizer: Diarizer | None,
    config: Config,
    *,
    prints: Sequence[Voiceprint] = (),
    on_progress: OnProgress = no_progress,
) -> Transcript:
    """The transcript with a speaker for each word, roles for the speakers, and segments that never mix speakers.

    Without a diarizer (a dictation) every word is the clinician's. Where a voiceprint knows one of the speakers, that
    one is the clinician, whatever the words say. Overlaps are flagged.
    """
    if not transcript.words:
        return transcript
    number = config.diarization.speakers or None
    if diarizer is None or number == 1:
        return _told(transcript, ["clinician"] * len(transcript.words), {"clinician": (Role.CLINICIAN, 1.0)}, ())
    annotation = diarizer.diarize(audio, num_speakers=number, on_progress=on_progress)
    heard = assign.voices(transcript.words, annotation)
    units = pieces.cut(transcript.words, heard)
    text = roles.model().log_odds([unit.text for unit in units])
    sound = _sound(units, audio, diarizer, on_progress)
    names, scores = _speakers(units, text, sound, heard, annotation, number)
    on_progress("diarization", 1, 1)
    if prints:
        names, scores = _by_voice(units, sound, names, scores, usable(prints, diarizer.provenance))
    names = assign.with_what_follows(transcript.words, names)
    told = _told(transcript, names, scores, _overlaps(annotation, transcript.words))
    return replace(told, provenance=_joined(transcript.provenance, diarizer.provenance))


def pieces_asked(words: Sequence[Word], annotation: Annotation) -> list[Interval]:
    """The pieces whose sound `attribute` asks for, for these words and turns: to be embedded beforehand."""
    units = pieces.cut(words, assign.voices(words, annotation))
    return [Interval(unit.start, unit.end) for unit in units]


def _sound(units: Sequence[Piece], audio: Audio, diarizer: Diarizer, on_progress: OnProgress) -> Floats:
    """How each piece sounds, (pieces, dim), at length 1; (pieces, 0) where the diarizer cannot tell.

    A piece too short to have a voice of its own gets the mean of all, which speaks for nobody.
    """
    if not isinstance(diarizer, VoiceEncoder):
        return np.zeros((len(units), 0))
    vectors = diarizer.embed(audio, [Interval(unit.start, unit.end) for unit in units], on_progress=on_progress)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors = vectors / np.maximum(lengths, 1e-9)
    known = lengths[:, 0] > 0
    return np.where(known[:, None], vectors, vectors[known].mean(axis=0) if known.any() else 0.0)


def _speakers(
    units: list[Piece],
    text: Floats,
    sound: Floats,
    heard: Sequence[str | None],
    annotation: Annotation,
    number: int | None,
) -> tuple[list[str], dict[str, tuple[Role, float]]]:
    """A speaker's name for each word, and the role and score behind each name."""
    of_unit = [heard[unit.first] for unit in units]
    main = _main_voices(units, text, of_unit)
    inside = [at for at, voice in enumerate(of_unit) if voice in main or voice is None]
    scene = _scene([units[at] for at in inside], text[inside], sound[inside], [of_unit[at] for at in inside], main)
    total, by_words = _total(scene)
    believed, clinician = decode.beliefs(total, scene.stay), decode.path(total, scene.stay)
    if number is None and len(main) < 2 and not _two_by_words(scene, by_words):
        clinician[:] = float(scene.text @ scene.seconds) >= 0
    elif len(main) == 2 and decode.gain(scene.text, scene.stay) < SUGGESTING:
        clinician = scene.heard_first  # words tell nobody apart: the voices as they are heard
    labels: list[str] = [str(voice) for voice in of_unit]
    for at, is_clinician in zip(inside, clinician.tolist(), strict=True):
        labels[at] = "clinician" if is_clinician else "patient"
    scores = {
        "clinician": (Role.CLINICIAN, _mean(believed[clinician])),
        "patient": _second_role(scene, believed, clinician),
    }
    scores |= {voice: (Role.OTHER, 1.0) for voice in labels if voice not in scores}
    names = [label for label, unit in zip(labels, units, strict=True) for _ in range(unit.length)]
    return names, scores


def _by_voice(
    units: Sequence[Piece],
    sound: Floats,
    names: list[str],
    scores: dict[str, tuple[Role, float]],
    prints: Sequence[Voiceprint],
) -> tuple[list[str], dict[str, tuple[Role, float]]]:
    """The speaker whom a voiceprint knows as the clinician; who was taken for one gets that speaker's place."""
    long = [at for at, unit in enumerate(units) if unit.end - unit.start >= LEAST_PIECE]
    seconds = np.array([units[at].end - units[at].start for at in long])
    found = voiceprints.clinician(sound[long], seconds, [names[units[at].first] for at in long], prints)
    if found is None:
        return names, scores
    scores = scores | {"clinician": (Role.CLINICIAN, max(KNOWN_VOICE, scores["clinician"][1]))}
    swapped = {found: "clinician", "clinician": found}
    return [swapped.get(name, name) for name in names], scores


def _main_voices(units: Sequence[Piece], text: Floats, of_unit: Sequence[str | None]) -> tuple[str, ...]:
    """The two voices that speak most like a clinician and most like a patient; fewer where fewer are heard."""
    totals: dict[str, float] = {}
    for unit, odds, voice in zip(units, np.clip(text, -MOST_TEXT, MOST_TEXT).tolist(), of_unit, strict=True):
        if voice is not None:
            totals[voice] = totals.get(voice, 0.0) + odds * unit.length
    ranked = sorted(totals, key=lambda voice: totals[voice])
    return (ranked[-1], ranked[0]) if len(ranked) > 1 else tuple(ranked)


def _scene(
    units: list[Piece], text: Floats, sound: Floats, of_unit: Sequence[str | None], main: tuple[str, ...]
) -> _Scene:
    shares = np.array([[voice == name for name in (*main, "", "")[:2]] for voice in of_unit], dtype=float)
    return _Scene(
        pieces=units,
        text=TEXT_WEIGHT * np.clip(text, -MOST_TEXT, MOST_TEXT),
        sound=np.hstack([sound, VOICE_SCALE * shares]),
        seconds=np.array([unit.end - unit.start for unit in units]),
        heard_first=shares[:, 0] > 0,
        stay=decode.go_on(units),
    )


def _total(scene: _Scene) -> tuple[Floats, Floats]:
    """Evidence of words and sound for each piece, as log-odds of the clinician; and the belief by words alone."""
    by_words = decode.beliefs(scene.text, scene.stay)
    believed, total = by_words, scene.text
    for _ in range(ROUNDS):
        total = scene.text + evidence.log_odds(scene.sound, scene.seconds, believed, by_words)
        believed = decode.beliefs(total, scene.stay)
    return total, by_words


def _two_by_words(scene: _Scene, by_words: Floats) -> bool:
    """Whether words insist on two speakers where one voice is heard; where sound agrees, they need insist less."""
    gain = decode.gain(scene.text, scene.stay)
    if gain >= INSISTING:
        return True
    return gain >= SUGGESTING and evidence.agreement(scene.sound, scene.seconds, by_words) >= LEAST_AGREEMENT


def _second_role(scene: _Scene, believed: Floats, clinician: NDArray[np.bool_]) -> tuple[Role, float]:
    """The role of who is not the clinician: the patient, unless the words say otherwise."""
    score = _mean(1 - believed[~clinician])
    if (~clinician).any() and float(scene.text[~clinician] @ scene.seconds[~clinician]) > 0:
        return Role.OTHER, score
    return Role.PATIENT, score


def _joined(spoken: Provenance | None, voices: Provenance) -> Provenance:
    """What made the words and what gave them speakers."""
    made = (voices,) if spoken is None else (spoken, voices)
    return replace(
        made[0],
        engine=" + ".join(item.engine for item in made),
        weights=tuple(pair for item in made for pair in item.weights) + assets.weights("roles"),
        versions=tuple(dict.fromkeys(pair for item in made for pair in item.versions)),
    )


def _mean(values: Floats) -> float:
    return float(np.mean(values)) if len(values) else 0.0


def _told(
    transcript: Transcript,
    names: Sequence[str],
    scores: dict[str, tuple[Role, float]],
    flags: tuple[Flag, ...],
) -> Transcript:
    """The transcript with speakers, numbered as they are first heard, and segments cut where the speaker changes."""
    order = {name: f"SPEAKER_{at:02d}" for at, name in enumerate(dict.fromkeys(names))}
    speakers = iter(names)
    segments = [
        replace(segment, words=tuple(group))
        for segment in transcript.segments
        for _, group in groupby(
            [replace(word, speaker=order[next(speakers)]) for word in segment.words], key=lambda word: word.speaker
        )
    ]
    return replace(
        transcript,
        segments=tuple(segments),
        roles=tuple(SpeakerRole(order[name], *scores[name]) for name in order),
        flags=(*transcript.flags, *flags),
    )


def _overlaps(annotation: Annotation, words: Sequence[Word]) -> tuple[Flag, ...]:
    """Flags where two voices are heard at once for long enough, and words were written down."""
    found: list[Interval] = []
    until = 0.0  # the latest end of any turn so far
    for turn in sorted(annotation.turns):
        start, end = turn.start, min(turn.end, until)
        if found and start < found[-1].end:
            found[-1] = Interval(found[-1].start, max(found[-1].end, end))
        elif end > start:
            found.append(Interval(start, end))
        until = max(until, turn.end)
    starts = np.array([word.start for word in words])
    ends = np.array([word.end for word in words])
    return tuple(
        Flag(FlagKind.OVERLAP, interval, OVERLAP_REASON)
        for interval in found
        if interval.duration >= OVERLAP_SECONDS and bool(((starts < interval.end) & (ends > interval.start)).any())
    )
