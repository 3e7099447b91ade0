"""Types to JSON and back: the only module that knows the wire form.

Every document is an object with `"schema": "scribe/<type>/<version>"`; its other keys are the fields of the type, but
for those that say what most documents do not have to (`SPARSE` in `types`): they are left out at their default.
Reading is strict: a missing or unknown field, or another version, is an InputError that names the field.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from scribe.errors import InputError
from scribe.events import LiveEvent, LiveSnapshot
from scribe.types import Annotation, Note, Transcript

VERSION = 1
EVENTS: dict[str, type] = {f"live-{kind.__name__.lower()}": kind for kind in get_args(LiveEvent)}
DOCUMENTS: dict[str, type] = {
    "transcript": Transcript,
    "note": Note,
    "annotation": Annotation,
    "live-snapshot": LiveSnapshot,
    **EVENTS,
}
Document = Transcript | Note | Annotation | LiveSnapshot | LiveEvent

SIGNED = ("id", "encounter", "sections", "template")  # of a note: what a signature covers

_PLAIN = frozenset({str, int, bool, NoneType})  # written as they are

T = TypeVar("T")


def dumps(document: Document) -> str:
    """The wire form: indented JSON, UTF-8, keys in the order of the fields, numbers of seconds to the millisecond."""
    return json.dumps(to_wire(document), ensure_ascii=False, indent=1) + "\n"


def to_wire(document: Document) -> dict[str, Any]:
    """The wire form as plain lists and dicts."""
    name = next(name for name, kind in DOCUMENTS.items() if isinstance(document, kind))
    return {"schema": f"scribe/{name}/{VERSION}", **_encode(document)}


def loads(text: str, kind: type[T]) -> T:
    """Read a document of type `kind`, one of `DOCUMENTS`.

    Raises InputError where the text is not JSON, holds another type or version, or a field is missing or wrong.
    """
    try:
        tree = json.loads(text)
    except ValueError as error:
        raise InputError("this is not JSON: expected a file that scribe wrote") from error
    return from_wire(tree, kind)


def from_wire(tree: Any, kind: type[T]) -> T:
    """As `loads`, from plain lists and dicts."""
    name = next(name for name, known in DOCUMENTS.items() if known is kind)
    expected = f"scribe/{name}/{VERSION}"
    found = tree.get("schema") if isinstance(tree, Mapping) else None
    if found != expected:
        raise InputError(f"expected a document of schema {expected}, found {found or 'none'}")
    document: T = _decode({key: value for key, value in tree.items() if key != "schema"}, kind, name)
    return document


def content_sha256(note: Note, addenda: Sequence[str] = ()) -> str:
    """SHA-256 of what a signature under the note covers, with the texts of the `addenda` up to the one being signed.

    Covered are the sections with every word, mark and source, the encounter and the template it is shown by. Codes and
    questions are not: a coder goes on with them after the note is signed. Nor are status and revision.
    """
    covered: dict[str, Any] = {"schema": f"scribe/signed/{VERSION}"}
    covered |= {name: _encode(getattr(note, name)) for name in SIGNED}
    if addenda:
        covered["addenda"] = list(addenda)
    text = json.dumps(covered, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def event_from_wire(tree: Any) -> LiveEvent:
    """The live event, of whatever kind, in plain lists and dicts. Raises InputError where it is none."""
    schema = tree.get("schema") if isinstance(tree, Mapping) else None
    name = schema.split("/")[1] if isinstance(schema, str) and schema.count("/") == 2 else ""
    if name not in EVENTS:
        raise InputError("expected an event of a live session")
    event: LiveEvent = from_wire(tree, EVENTS[name])
    return event


def schema_of(text: str) -> str | None:
    """The schema a text names ("transcript", "note"), None where it is not a document of ours."""
    try:
        tree = json.loads(text)
    except ValueError:
        return None
    schema = tree.get("schema") if isinstance(tree, dict) else None
    parts = schema.split("/") if isinstance(schema, str) else []
    return parts[1] if len(parts) == 3 and parts[0] == "scribe" else None


def part_to_wire(value: Any) -> Any:
    """The wire form of a part of a document, such as a segment: what `to_wire` has in its place."""
    return _encode(value)


def _encode(value: Any) -> Any:
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is float:
        return round(value, 4)
    if isinstance(value, StrEnum):
        return value.value
    if is_dataclass(value):
        return {name: item if type(item) in _PLAIN else _encode(item) for name, item in _written(value)}
    if isinstance(value, tuple):
        return [_encode(item) for item in value]
    if isinstance(value, float):
        return round(value, 4)
    return value


def _written(value: Any) -> Iterator[tuple[str, Any]]:
    """The fields of a value; those marked `SPARSE` only where they differ from their default.

    A whole number in a field of floats is written as it will be read (0.0, not 0): the same document is always the same
    bytes, whether it was made here or read back.
    """
    kind: Any = type(value)
    for name, default, is_float in _fields(kind):
        item = getattr(value, name)
        if default is MISSING or item != default:
            yield name, float(item) if is_float and type(item) is int else item


@cache
def _fields(kind: Any) -> tuple[tuple[str, Any, bool], ...]:
    """Name and default (MISSING: always written) of each field, and whether it holds a float."""
    hints = _hints(kind)
    return tuple(
        (item.name, item.default if item.metadata.get("sparse") else MISSING, float in _kinds(hints[item.name]))
        for item in fields(kind)
    )


def _kinds(hint: Any) -> tuple[Any, ...]:
    """The types that a field may have: both of `float | None`."""
    return get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _decode(value: Any, kind: Any, where: str) -> Any:
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        options = [option for option in get_args(kind) if option is not NoneType]
        return None if value is None else _decode(value, options[0], where)
    if origin is tuple:
        return _decode_tuple(value, get_args(kind), where)
    if is_dataclass(kind):
        return _decode_dataclass(value, kind, where)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return _decode_enum(value, kind, where)
    accepted = (int, float) if kind is float else (kind,)
    if not isinstance(value, accepted) or (isinstance(value, bool) and kind is not bool):
        raise InputError(f"{where} must be {kind.__name__}")
    return kind(value)


def _decode_tuple(value: Any, args: tuple[Any, ...], where: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise InputError(f"{where} must be a list")
    kinds = [args[0]] * len(value) if args[-1] is Ellipsis else list(args)
    if len(kinds) != len(value):
        raise InputError(f"{where} must have {len(kinds)} entries")
    return tuple(
        _decode(item, kind, f"{where}[{at}]") for at, (item, kind) in enumerate(zip(value, kinds, strict=True))
    )


def _decode_enum(value: Any, kind: type[StrEnum], where: str) -> StrEnum:
    try:
        return kind(value)
    except ValueError as error:
        raise InputError(f"{where} must be one of {', '.join(kind)}") from error


def _decode_dataclass(value: Any, kind: Any, where: str) -> Any:
    if not isinstance(value, Mapping):
        raise InputError(f"{where} must be an object")
    known = {item.name: item for item in fields(kind)}
    if unknown := sorted(set(value) - set(known)):
        raise InputError(f"{where} has the unknown field {unknown[0]!r}")
    for name, item in known.items():
        if name not in value and item.default is MISSING and item.default_factory is MISSING:
            raise InputError(f"{where} lacks the field {name!r}")
    hints = _hints(kind)
    try:
        return kind(**{name: _decode(value[name], hints[name], f"{where}.{name}") for name in value})
    except ValueError as error:
        raise InputError(f"{where}: {error}") from error
