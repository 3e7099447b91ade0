"""Templates: text that is inserted by name, with fields to fill.

The shipped ones are `templates.yaml`; a user's file, or every YAML file of a user's folder, adds to them. A user's
template takes the place of a shipped one of the same name; two of the user's own with one name are an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from scribe.dictation._yaml import parse, read, strings, table
from scribe.errors import ConfigError

SHIPPED = "the shipped templates"
FIELD = re.compile(r"\{([^{}]*)\}")
NAME = re.compile(r"[a-z0-9][a-z0-9 ]*")


@dataclass(frozen=True, slots=True)
class TemplateField:
    """One blank of a template."""

    name: str
    default: str = ""  # what "accept defaults" writes; empty: it stays a blank
    long: bool = False  # takes several sentences; else a spoken full stop leaves it


@dataclass(frozen=True, slots=True)
class Template:
    """A text with `{fields}`, and what it is called by."""

    name: str
    text: str
    fields: tuple[TemplateField, ...] = ()  # in the order in which the text first has them
    say: tuple[str, ...] = ()  # other names
    origin: str = SHIPPED

    @property
    def names(self) -> tuple[str, ...]:
        """Every name it can be inserted by."""
        return (self.name, *self.say)

    def field(self, name: str) -> TemplateField:
        """The field of this name. Raises KeyError where there is none."""
        for item in self.fields:
            if item.name == name:
                return item
        raise KeyError(name)


@dataclass(frozen=True)
class TemplateSet:
    """All templates in force."""

    templates: tuple[Template, ...]
    by_name: Mapping[str, Template] = field(default_factory=dict)

    @property
    def own(self) -> tuple[Template, ...]:
        """Those of the user."""
        return tuple(template for template in self.templates if template.origin != SHIPPED)

    @cached_property
    def by_length(self) -> tuple[tuple[tuple[str, ...], Template], ...]:
        """Names as words, with their templates; longest first."""
        named = [(tuple(name.split()), template) for name, template in self.by_name.items()]
        return tuple(sorted(named, key=lambda item: -len(item[0])))


def load(path: str = "") -> TemplateSet:
    """The shipped templates, with those of a user's file or folder.

    Raises ConfigError, naming the file, the template and the field, where one cannot be used; then none is.
    """
    found = _files(path) if path else ()
    return _with_files(tuple((str(file), file.stat().st_mtime_ns if file.is_file() else 0) for file in found))


def _files(path: str) -> tuple[Path, ...]:
    place = Path(path).expanduser()
    if not place.is_dir():
        return (place,)
    return tuple(sorted(file for file in place.iterdir() if file.suffix.lower() in (".yaml", ".yml")))


@lru_cache(maxsize=8)
def _with_files(changed: tuple[tuple[str, int], ...]) -> TemplateSet:
    own = [template for file, _ in changed for template in load_file(Path(file))]
    owner: dict[str, Template] = {}
    for template in own:
        for name in template.names:
            if owner.setdefault(name, template) is not template:
                raise ConfigError(_twice(name, owner[name], template))
    kept = [
        replace(item, say=tuple(name for name in item.say if name not in owner))
        for item in _shipped()
        if item.name not in owner
    ]
    return TemplateSet((*kept, *own), {**_by_name(kept), **owner})


def _twice(name: str, one: Template, other: Template) -> str:
    return (
        f"two templates are called {name!r}: {one.name!r} of {one.origin} and {other.name!r} of {other.origin}; "
        "rename one of them"
    )


def _by_name(templates: Iterable[Template]) -> dict[str, Template]:
    found: dict[str, Template] = {}
    for template in templates:
        for name in template.names:
            if found.setdefault(name, template) is not template:
                raise ConfigError(_twice(name, found[name], template))
    return found


@lru_cache(maxsize=1)
def _shipped() -> tuple[Template, ...]:
    text = (files("scribe.dictation") / "templates.yaml").read_text(encoding="utf-8")
    return tuple(_templates(parse(text, SHIPPED), SHIPPED))


def load_file(path: Path) -> tuple[Template, ...]:
    """The templates of one file. Raises ConfigError as `load` does."""
    origin = f"the templates file {path}"
    return tuple(_templates(read(path, origin), origin))


def _templates(tree: object, origin: str) -> Iterator[Template]:
    entries = table(table(tree, origin, {"templates"}).get("templates") or {}, f"{origin}, under templates")
    for name, entry in entries.items():
        yield _template(name, entry, origin)


def _template(name: str, entry: object, origin: str) -> Template:
    where = f"{origin}, template {name!r}"
    given = table(entry, where, {"text", "fields", "say"})
    names = tuple(_spoken(item, where) for item in (name, *strings(given.get("say"), "say", where)))
    text = given.get("text")
    if not isinstance(text, str) or not text.strip():
        raise ConfigError(f"{where} has no text: give it under `text`")
    if text.count("{") != text.count("}") or "{" in FIELD.sub("", text):
        raise ConfigError(f"{where}: a brace is not closed in its text; a field is written {{name}}")
    declared = {
        item.name: item
        for item in (
            _field(field_name, rule, where)
            for field_name, rule in table(given.get("fields") or {}, f"{where}, under fields").items()
        )
    }
    used = list(dict.fromkeys(FIELD.findall(text)))
    for field_name in used:
        if field_name not in declared:
            known = ", ".join(declared) or "none"
            raise ConfigError(
                f"{where}: its text has the unknown field {field_name!r}; the fields declared are: {known}"
            )
    for field_name in declared:
        if field_name not in used:
            raise ConfigError(f"{where}: the field {field_name!r} is declared, and its text has no {{{field_name}}}")
        if text.count(f"{{{field_name}}}") > 1:
            raise ConfigError(f"{where}: the field {field_name!r} stands twice in its text; give each its own name")
    return Template(names[0], text.strip(), tuple(declared[item] for item in used), names[1:], origin)


def _spoken(name: str, where: str) -> str:
    spoken = " ".join(name.lower().replace("-", " ").split())
    if not NAME.fullmatch(spoken):
        raise ConfigError(f"{where}: a name is spoken, so it has letters, digits and spaces only, not {name!r}")
    return spoken


def _field(name: str, rule: object, where: str) -> TemplateField:
    given: Mapping[str, Any] = table(rule or {}, f"{where}, field {name!r}", {"default", "long"})
    default, long = given.get("default", ""), given.get("long", False)
    if not isinstance(default, str):
        raise ConfigError(f"{where}, field {name!r}: `default` must be text; put it in quotes")
    if not isinstance(long, bool):
        raise ConfigError(f"{where}, field {name!r}: `long` is true or false")
    return TemplateField(name, default, long)
