"""Speakers and roles of small consultations of our own, told by whom we please and heard as we please."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest
from numpy.typing import NDArray

from scribe.config import Config
from scribe.diarization.attribute import OVERLAP_REASON, attribute
from scribe.diarization.scripted import ScriptedDiarizer
from scribe.plugins import Diarizer, OnProgress, no_progress
from scribe.types import (
    Annotation,
    Audio,
    FlagKind,
    Interval,
    Provenance,
    Role,
    Segment,
    Transcript,
    Turn,
    Word,
)

VISIT = [
    ("doctor", "Good morning, what brings you in today?"),
    ("patient", "I have had this terrible headache since Monday."),
    ("doctor", "I'm sorry to hear that. Where exactly do you feel it?"),
    ("patient", "It's mostly behind my left eye."),
    ("doctor", "Does light bother you at all?"),
    ("patient", "Yeah."),
    ("doctor", "Have you had any nausea or vomiting with it?"),
    ("patient", "I felt sick yesterday but I didn't throw up."),
    ("doctor", "Okay, any weakness or numbness in your arms or legs?"),
    ("patient", "No."),
    ("doctor", "Are you taking any medications at the moment?"),
    ("patient", "Just some ibuprofen that my wife gave me."),
    ("doctor", "And do you have any allergies to medications?"),
    ("patient", "Not that I know of."),
    ("doctor", "Do you smoke or drink alcohol?"),
    ("patient", "I have a beer on the weekend, I used to smoke but I quit."),
    ("doctor", "Has anyone in your family had migraines?"),
    ("patient", "My mother gets them all the time."),
    ("doctor", "I would like to examine you now and then we will talk about treatment."),
    ("patient", "Okay, thank you."),
]
DICTATION = [
    ("doctor", "This is a follow up visit for a fifty year old man with hypertension."),
    ("doctor", "He has no chest pain and no shortness of breath."),
    ("doctor", "On examination the lungs are clear and the heart is regular."),
    ("doctor", "Blood pressure is one forty over eighty."),
    ("doctor", "The plan is to continue lisinopril and to recheck the metabolic panel in three months."),
    ("doctor", "He was counselled on diet and exercise."),
]


@dataclass(frozen=True)
class Staged:
    """A transcript without speakers, who said each word, and when each line was said."""

    transcript: Transcript
    truth: list[str]
    lines: list[tuple[str, Interval]]


def stage(script: Sequence[tuple[str, str]]) -> Staged:
    """Say a script at an even pace, with short pauses between lines, all in one segment as recognisers do."""
    words, truth, lines, now = [], [], [], 1.0
    for speaker, text in script:
        began = now
        for word in text.split():
            words.append(Word(now, now + 0.3, f" {word}"))
            truth.append(speaker)
            now += 0.3
        lines.append((speaker, Interval(began, now)))
        now += 0.1
    return Staged(Transcript((Segment(tuple(words)),), duration=now), truth, lines)


class StagedDiarizer:
    """Hears what it is told, like `ScriptedDiarizer`, and how voices sound: `sounds` maps a speaker to a vector."""

    provenance = Provenance(engine="staged")

    def __init__(self, staged: Staged, heard: Annotation, sounds: dict[str, NDArray[np.float32]]) -> None:
        self._staged, self._heard, self._sounds = staged, heard, sounds
        self.asked: list[int | None] = []

    def diarize(
        self, audio: Audio, *, num_speakers: int | None = None, on_progress: OnProgress = no_progress
    ) -> Annotation:
        self.asked.append(num_speakers)
        return self._heard

    def embed(
        self, audio: Audio, pieces: Sequence[Interval], *, on_progress: OnProgress = no_progress
    ) -> NDArray[np.float32]:
        rng = np.random.default_rng(0)
        return np.stack([self._sound(piece) + 0.1 * rng.standard_normal(8) for piece in pieces]).astype(np.float32)

    def _sound(self, piece: Interval) -> NDArray[np.float32]:
        middle = (piece.start + piece.end) / 2
        said = next((name for name, line in self._staged.lines if line.start <= middle <= line.end + 0.1), "")
        return self._sounds.get(said, np.ones(8, dtype=np.float32))


def heard_as(staged: Staged, names: Callable[[int, str], str]) -> Annotation:
    """Turns of a staged script: the voice of each line is `names(line number, speaker)`."""
    return Annotation(tuple(Turn(t.start, t.end, names(at, name)) for at, (name, t) in enumerate(staged.lines)))


SILENCE = Audio(np.zeros(16_000, dtype=np.float32))
CLEAR = {"doctor": np.eye(8, dtype=np.float32)[0], "patient": np.eye(8, dtype=np.float32)[1]}
NEAR = {"doctor": np.ones(8, dtype=np.float32), "patient": np.ones(8, dtype=np.float32)}
ROLES = {"doctor": Role.CLINICIAN, "patient": Role.PATIENT, "nurse": Role.OTHER}


def told(staged: Staged, diarizer: Diarizer | None, speakers: int = 0) -> Transcript:
    config = Config()
    settings = config.diarization.model_copy(update={"speakers": speakers})
    return attribute(staged.transcript, SILENCE, diarizer, config.model_copy(update={"diarization": settings}))


def right(staged: Staged, transcript: Transcript) -> float:
    """The share of words whose speaker has the role of who said them."""
    found = [
        transcript.role_of(word.speaker) is ROLES[name]
        for word, name in zip(transcript.words, staged.truth, strict=True)
    ]
    return float(np.mean(found))


def test_clear_voices_and_words_give_speakers_and_roles() -> None:
    staged = stage(VISIT)
    transcript = told(staged, StagedDiarizer(staged, heard_as(staged, lambda at, name: name), CLEAR))
    assert right(staged, transcript) == 1.0
    assert [(role.speaker, role.role) for role in transcript.roles] == [
        ("SPEAKER_00", Role.CLINICIAN),
        ("SPEAKER_01", Role.PATIENT),
    ]
    assert all(0.5 < role.score <= 1 for role in transcript.roles)


def test_speakers_are_numbered_as_they_are_first_heard() -> None:
    staged = stage(VISIT[1:])
    transcript = told(staged, StagedDiarizer(staged, heard_as(staged, lambda at, name: name), CLEAR))
    assert [(role.speaker, role.role) for role in transcript.roles] == [
        ("SPEAKER_00", Role.PATIENT),
        ("SPEAKER_01", Role.CLINICIAN),
    ]


def test_words_are_kept_and_no_segment_mixes_speakers() -> None:
    staged = stage(VISIT)
    transcript = told(staged, StagedDiarizer(staged, heard_as(staged, lambda at, name: name), CLEAR))
    assert transcript.text == staged.transcript.text
    assert [(word.start, word.end) for word in transcript.words] == [
        (word.start, word.end) for word in staged.transcript.words
    ]
    assert len(transcript.segments) == len(VISIT)
    assert all(len({word.speaker for word in segment.words}) == 1 for segment in transcript.segments)


def test_what_is_said_overrides_voices_heard_wrongly() -> None:
    staged = stage(VISIT)
    swapped = {"doctor": "patient", "patient": "doctor"}
    heard = heard_as(staged, lambda at, name: swapped[name] if at in (6, 11, 15) else name)
    transcript = told(staged, StagedDiarizer(staged, heard, CLEAR))
    assert right(staged, transcript) == 1.0


def test_voices_that_cannot_be_told_apart_leave_it_to_the_words() -> None:
    staged = stage(VISIT)
    transcript = told(staged, StagedDiarizer(staged, heard_as(staged, lambda at, name: "one"), NEAR))
    assert right(staged, transcript) > 0.9
    assert {role.role for role in transcript.roles} == {Role.CLINICIAN, Role.PATIENT}


def test_a_diarizer_without_embeddings_is_enough() -> None:
    staged = stage(VISIT)
    transcript = told(staged, ScriptedDiarizer(heard_as(staged, lambda at, name: name)))
    assert right(staged, transcript) == 1.0


def test_one_voice_that_dictates_stays_one_speaker() -> None:
    staged = stage(DICTATION)
    transcript = told(staged, StagedDiarizer(staged, heard_as(staged, lambda at, name: "one"), CLEAR))
    assert {word.speaker for word in transcript.words} == {"SPEAKER_00"}
    assert len(transcript.roles) == 1


def test_a_dictation_is_not_diarized_at_all() -> None:
    staged = stage(DICTATION)
    transcript = told(staged, None)
    assert {word.speaker for word in transcript.words} == {"SPEAKER_00"}
    assert [(role.role, role.score) for role in transcript.roles] == [(Role.CLINICIAN, 1.0)]


def test_the_number_of_speakers_is_asked_for_and_one_means_one() -> None:
    staged = stage(VISIT)
    diarizer = StagedDiarizer(staged, heard_as(staged, lambda at, name: name), CLEAR)
    told(staged, diarizer, speakers=2)
    told(staged, diarizer)
    assert diarizer.asked == [2, None]
    assert {word.speaker for word in told(staged, diarizer, speakers=1).words} == {"SPEAKER_00"}


def test_a_bystander_is_other_and_does_not_disturb_the_roles() -> None:
    visit = [*VISIT[:8], ("nurse", "Sorry to interrupt, the room next door is ready."), *VISIT[8:]]
    staged = stage(visit)
    sounds = {**CLEAR, "nurse": np.eye(8, dtype=np.float32)[2]}
    transcript = told(staged, StagedDiarizer(staged, heard_as(staged, lambda at, name: name), sounds))
    assert right(staged, transcript) == 1.0
    assert [role.role for role in transcript.roles] == [Role.CLINICIAN, Role.PATIENT, Role.OTHER]


def test_a_second_voice_that_speaks_like_a_clinician_is_no_patient() -> None:
    staged = stage([(("nurse" if at == 3 else "doctor"), text) for at, (_, text) in enumerate(DICTATION)])
    transcript = told(staged, ScriptedDiarizer(heard_as(staged, lambda at, name: name)))
    assert Role.PATIENT not in {role.role for role in transcript.roles}


def test_two_at_once_are_flagged_with_fixed_words() -> None:
    staged = stage(VISIT)
    turns = heard_as(staged, lambda at, name: name).turns
    over = Turn(turns[2].start - 0.1, turns[2].start + 0.9, "patient")
    transcript = told(staged, ScriptedDiarizer(Annotation(tuple(sorted((*turns, over))))))
    (flag,) = transcript.flags
    assert (flag.kind, flag.reason) == (FlagKind.OVERLAP, OVERLAP_REASON)
    assert flag.interval.start == pytest.approx(turns[2].start)
    assert flag.interval.end == pytest.approx(turns[2].start + 0.9)


def test_nothing_said_is_left_as_it_is() -> None:
    empty = Transcript((), duration=60.0)
    assert attribute(empty, SILENCE, ScriptedDiarizer(Annotation(())), Config()) == empty


def test_words_in_what_the_diarizer_took_for_silence_still_get_speakers() -> None:
    staged = stage(VISIT)
    transcript = told(staged, ScriptedDiarizer(Annotation(())))
    assert all(word.speaker is not None for word in transcript.words)
    assert {role.speaker for role in transcript.roles} == {word.speaker for word in transcript.words}


def test_provenance_names_what_made_words_and_speakers() -> None:
    staged = stage(VISIT)
    spoken = replace(staged.transcript, provenance=Provenance(engine="ears", weights=(("ears.bin", "aa"),)))
    found = attribute(spoken, SILENCE, ScriptedDiarizer(heard_as(staged, lambda at, name: name)), Config()).provenance
    assert found is not None
    assert found.engine == "ears + scripted"
    assert [name for name, _ in found.weights] == ["ears.bin", "roles/weights.npz"]
