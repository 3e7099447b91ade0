"""`/api/v1/recordings`: sound comes in as a stream, is hashed on the way, and is played from any place."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from typing import Annotated, Any, cast
from urllib.parse import unquote

from anyio import to_thread
from fastapi import APIRouter, Header, Path, Query, Request, Response
from fastapi.responses import StreamingResponse

from scribe.audio import containers
from scribe.batch import drafting
from scribe.errors import NotFoundError
from scribe.store.actor import StaffRole
from scribe.store.audit import Event
from scribe.store.blobs import Incoming
from scribe.store.records import EncounterRecord, Priority, RecordingKind, StoredRecording
from scribe.store.unit import Unit
from scribe.types import Mode
from scribe.web.answers import Json, described, problems
from scribe.web.desk import AtDesk, Desk
from scribe.web.identity import require
from scribe.web.once import OnceRoute, answered, fingerprint
from scribe.web.present import encounters as present
from scribe.web.problems import ProblemError
from scribe.web.schemas.encounters import Peaks, RecordingOut, Uploaded
from scribe.web.uploads import received

router = APIRouter(prefix="/api/v1/recordings", tags=["recordings"], route_class=OnceRoute)
RecordingId = Annotated[str, Path(pattern=r"^[\w-]{1,40}$", description="Id of the recording.")]
FILE = {"type": "string", "format": "binary"}
HEAD = 64 * 1024  # bytes of a file that show what it is
RANGE = re.compile(r"^bytes=(\d{0,15})-(\d{0,15})$")
MEDIA = {
    containers.Kind.WAV: "audio/wav",
    containers.Kind.FLAC: "audio/flac",
    containers.Kind.MP3: "audio/mpeg",
    containers.Kind.OGG: "audio/ogg",
    containers.Kind.MP4: "audio/mp4",
    containers.Kind.MATROSKA: "audio/webm",
    containers.Kind.AIFF: "audio/aiff",
    containers.Kind.CAF: "audio/x-caf",
    containers.Kind.AU: "audio/basic",
    containers.Kind.WAVE64: "audio/x-w64",
    containers.Kind.WMA: "audio/x-ms-wma",
    containers.Kind.AMR: "audio/amr",
    containers.Kind.AAC: "audio/aac",
    containers.Kind.GSM: "audio/gsm",
    containers.Kind.DSS: "audio/x-dss",
}
NOT_DECODED = "this recording is not decoded yet: wait until its job has begun"


@router.post(
    "",
    status_code=202,
    dependencies=[require("recording:create")],
    response_class=Json,
    responses={**described(Uploaded, 202), **problems(404, 408, 409, 413, 422, 429, 503)},
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def upload_recording(
    request: Request,
    desk: AtDesk,
    mode: Annotated[Mode | None, Query(description="Visit or dictation; by default found out.")] = None,
    priority: Priority = Priority.ROUTINE,
    encounter: Annotated[str | None, Query(pattern=r"^[\w-]{1,40}$", description="Where it belongs.")] = None,
    x_filename: Annotated[str, Header(max_length=1000, description="Name of the file, percent-encoded.")] = "",
) -> Any:
    """Take in a recording (the body is the file) and queue it. Without `encounter` a new one is made for it.

    A file that the same person has sent before is not taken in twice: the answer says where it is. What others sent or
    recorded is never named, whatever it holds.
    """
    with request.app.state.uploads.place(desk.actor.user_id):
        incoming, head = await received(request, desk.store.blobs, HEAD)

        def take_in() -> Response:
            name = unquote(x_filename)
            asked = {"file": incoming.sha256, "into": encounter, "mode": mode, "name": name}
            try:
                return answered(
                    desk,
                    fingerprint("POST recordings", asked),
                    lambda: _taken_in(desk, incoming, head, name, mode, priority, encounter),
                    202,
                )
            finally:
                incoming.discard()  # what is kept has gone to its place

        return await to_thread.run_sync(take_in)


def _taken_in(
    desk: Desk, incoming: Incoming, head: bytes, name: str, mode: Mode | None, priority: Priority, into: str | None
) -> Uploaded:
    start: io.BufferedReader = io.BufferedReader(cast(Any, io.BytesIO(head)))
    sniffed = containers.sniff(start) if head else None
    if sniffed is None:
        what = containers.foreign(start, name) if head else ""
        detail = f"this {what or f'is not a recording scribe can read: convert it to {containers.KNOWN}'}"
        raise ProblemError(422, "not-audio", detail if head else "the file is empty: choose a recording")
    with desk.change() as unit:
        if (known := _known(desk, unit, incoming.sha256, into)) is not None:
            incoming.discard()
            return _uploaded(desk, unit, known, duplicate=True)
        record = desk.encounter(unit, into) if into else _new(desk, unit, mode, priority)
        saved = unit.recordings.add(record.id, incoming, media_type=MEDIA[sniffed.kind], name=_tidy(name))
        drafting.enqueue(unit, saved, desk.config)
        return _uploaded(desk, unit, saved, duplicate=False)


def _new(desk: Desk, unit: Unit, mode: Mode | None, priority: Priority) -> EncounterRecord:
    signs = desk.actor.user_id if StaffRole.PHYSICIAN in desk.actor.roles else None
    return unit.encounters.add(mode=mode, priority=priority, clinician_id=signs)


def _known(desk: Desk, unit: Unit, sha256: str, into: str | None) -> StoredRecording | None:
    """The same file: one that is in the encounter `into`, or else one that this person has sent."""
    if into is not None:
        there = unit.recordings.of(into, RecordingKind.ORIGINAL) if desk.sees(unit, into) else ()
        return next((item for item in there if item.sha256 == sha256 and item.purged_at is None), None)
    sent = unit.recordings.sent(sha256, desk.actor.user_id)
    return next((item for item in sent if desk.sees(unit, item.encounter_id)), None)


def _uploaded(desk: Desk, unit: Unit, saved: StoredRecording, *, duplicate: bool) -> Uploaded:
    out = present.encounter(desk, unit, unit.encounters.get(saved.encounter_id))
    return Uploaded(
        encounter=out,
        recording=present.recording(saved),
        job=out.job,
        duplicate_of=saved.encounter_id if duplicate else None,
    )


def _tidy(name: str) -> str:
    return "".join(sign for sign in name if sign.isprintable())[:200]


# --- listening
def _recording(desk: Desk, unit: Unit, recording_id: str) -> StoredRecording:
    found = unit.recordings.get(recording_id)
    if not desk.sees(unit, found.encounter_id):
        unit.record(Event("recording.read", f"recording:{found.id}", encounter=found.encounter_id, outcome="refused"))
        raise NotFoundError("there is no such recording, or it is not yours to hear")
    return found


def _made_of(unit: Unit, recording: StoredRecording, kind: RecordingKind) -> StoredRecording:
    """What was made of a recording: its sound to be played, or its outline."""
    found = next((item for item in unit.recordings.of(recording.encounter_id, kind)), None)
    if found is None:
        raise ProblemError(409, "not-decoded", NOT_DECODED, headers={"Retry-After": "2"})
    return found


@router.get("/{recording_id}", dependencies=[require("recording:read")], responses=problems(404))
def read_recording(recording_id: RecordingId, desk: AtDesk) -> RecordingOut:
    """What is known of a recording."""
    with desk.read() as unit:
        found = _recording(desk, unit, recording_id)
        unit.saw(Event("recording.describe", f"recording:{found.id}", encounter=found.encounter_id))
        return present.recording(found)


@router.get(
    "/{recording_id}/audio",
    dependencies=[require("recording:read")],
    response_class=Response,
    responses={
        200: {"content": {"audio/wav": {}}, "description": "WAV, 16 kHz, mono, 16 bit."},
        206: {"content": {"audio/wav": {}}, "description": "A part of it, as `Range` asks."},
        416: {"description": "The range lies behind the end."},
        **problems(404, 409),
    },
)
def play_recording(
    recording_id: RecordingId, desk: AtDesk, range_: Annotated[str | None, Header(alias="Range")] = None
) -> Response:
    """The sound as WAV, whole or in parts (`Range`), for a player that jumps about."""
    with desk.read() as unit:
        sound = _made_of(unit, _recording(desk, unit, recording_id), RecordingKind.PLAYBACK)
        reader = unit.recordings.open(sound.id)
    first, last, partial = _asked(range_, sound.size)
    headers = {
        "Accept-Ranges": "bytes",
        "Content-Length": str(last - first + 1),
        "ETag": f'"{sound.sha256[:32]}"',
        **({"Content-Range": f"bytes {first}-{last}/{sound.size}"} if partial else {}),
    }

    def parts() -> Iterator[bytes]:
        with reader:
            yield from reader.span(first, last)

    return StreamingResponse(parts(), 206 if partial else 200, headers, sound.media_type)


def _asked(header: str | None, size: int) -> tuple[int, int, bool]:
    """First and last byte of a range, and whether it is less than everything. Raises ProblemError 416."""
    found = RANGE.match((header or "").replace(" ", ""))
    if found is None or found.groups() == ("", ""):
        return 0, size - 1, False
    start, end = found.groups()
    first = int(start) if start else max(size - int(end), 0)
    last = min(int(end), size - 1) if start and end else size - 1
    if first > last:
        raise ProblemError(
            416, "range", "the recording ends before that range", headers={"Content-Range": f"bytes */{size}"}
        )
    return first, last, True


@router.get(
    "/{recording_id}/peaks",
    dependencies=[require("recording:read")],
    response_class=Json,
    responses={**described(Peaks), **problems(404, 409)},
)
def read_peaks(recording_id: RecordingId, desk: AtDesk) -> Any:
    """The outline of the sound, for the waveform."""
    with desk.read() as unit:
        outline = _made_of(unit, _recording(desk, unit, recording_id), RecordingKind.PEAKS)
        with unit.recordings.open(outline.id) as reader:
            return Json(json.loads(b"".join(reader.span(0, outline.size - 1))))
