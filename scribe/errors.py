"""Every error `scribe` raises on purpose.

    ScribeError
    ├── ConfigError          a setting is unknown, or has a value it cannot have
    ├── AudioError           the recording cannot be read, is empty, or is not audio
    ├── InputError           a transcript, note or data file is not what the command reads
    ├── AssetError           weights or a code table are missing, corrupted or cannot be fetched
    ├── EngineError          an engine is unknown, not installed, or failed on good input
    ├── OutputError          the result could not be written
    ├── CaptureError         there is no sound to record, or a recording cannot be written or read
    │   ├── DiskFullError    the disk is full; what was recorded is safe, and newer sound waits in memory
    │   └── StreamError      a browser sent what cannot be part of its recording, which is as it was
    ├── VaultError           the key is missing or another one, or encrypted data does not open
    └── StoreError           the database cannot be used
        ├── UnsureError      the database went away while it saved: the change may be there or not
        ├── NotFoundError    it is not there, or not for this person
        ├── ConflictError    somebody else changed it since it was read
        └── AccessError      this person may not do that

A message says what happened and what to do next, in one line. It names files, settings and counts, never words
that a patient or a clinician said.
"""


class ScribeError(Exception):
    """Base of the tree; the command line prints its message and exits with code 1."""


class ConfigError(ScribeError):
    """A setting is unknown, or has a value it cannot have."""


class AudioError(ScribeError):
    """The recording cannot be read, is empty, or is not audio."""


class InputError(ScribeError):
    """A transcript, note or data file is not what the command reads."""


class AssetError(ScribeError):
    """Weights or a code table are missing, corrupted or cannot be fetched."""


class EngineError(ScribeError):
    """An engine is unknown, not installed, or failed on good input."""


class OutputError(ScribeError):
    """The result could not be written."""


class CaptureError(ScribeError):
    """There is no sound to record, or a recording cannot be written or read."""


class DiskFullError(CaptureError):
    """The disk is full; what was recorded is safe, and newer sound waits in memory."""


class StreamError(CaptureError):
    """A browser sent what cannot be part of its recording, which is as it was. `reason` is one word for programs."""

    def __init__(self, message: str, reason: str = "") -> None:
        super().__init__(message)
        self.reason = reason


class VaultError(ScribeError):
    """The key is missing or another one, or encrypted data does not open."""


class StoreError(ScribeError):
    """The database cannot be used."""


class UnsureError(StoreError):
    """The database went away while it saved: the change may be there or not."""


class NotFoundError(StoreError):
    """It is not there, or not for this person: the two are not told apart."""


class ConflictError(StoreError):
    """Somebody else changed it since it was read."""


class AccessError(StoreError):
    """The person may not do that."""
