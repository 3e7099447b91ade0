"""Note templates: which sections a note shows, in which order, under which headings, and how each is set.

The shipped ones are the YAML files of `templates/`, each named after its file. A user's own file, or every YAML file
of a user's folder, adds to them and takes the place of a shipped one of the same name. A template arranges; it can put
no word into a note, so what may stand in an empty section is a fixed list too. (Texts with blanks that are dictated
by name are another thing: `scribe.dictation.templates`.)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import NoReturn

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from scribe.config import Config
from scribe.errors import ConfigError
from scribe.sections.catalog import BY_KIND, CATALOG
from scribe.types import SectionKind

K = SectionKind
FOLDER = Path(__file__).with_name("templates")
SUFFIXES = (".yaml", ".yml")
JOINT = "assessment_and_plan"  # the name of the two sections shown together
NAMES: Mapping[str, tuple[SectionKind, ...]] = MappingProxyType(
    {**{entry.kind.value: (entry.kind,) for entry in CATALOG}, JOINT: (K.ASSESSMENT, K.PLAN)}
)
EMPTY: Mapping[str, str] = MappingProxyType(
    {"omit": "", **{text.lower(): f"{text}." for text in ("Not discussed", "Not examined", "Not recorded")}}
)
REST = "Not placed by the template"


class Style(StrEnum):
    """How the statements of a section are set."""

    PROSE = "prose"
    BULLETS = "bullets"
    SYSTEMS = "systems"  # a line for each system of the body
    TABLE = "table"
    PROBLEMS = "problems"  # each problem with its own plan


FITS: Mapping[Style, frozenset[SectionKind]] = MappingProxyType(
    {
        Style.PROSE: frozenset(K),
        Style.BULLETS: frozenset(K),
        Style.SYSTEMS: frozenset({K.EXAM, K.ROS}),
        Style.TABLE: frozenset({K.VITALS, K.MEDICATIONS, K.ALLERGIES, K.RESULTS}),
        Style.PROBLEMS: frozenset({K.ASSESSMENT, K.PLAN}),
    }
)


@dataclass(frozen=True, slots=True)
class SectionRule:
    """One section of a template: the kinds of the note's sections it shows, in order."""

    kinds: tuple[SectionKind, ...]
    heading: str
    style: Style = Style.BULLETS
    empty: str = ""  # what stands there if nothing was said; empty: the section is left out


@dataclass(frozen=True, slots=True)
class PartRule:
    """Sections under a common heading; without a heading they stand for themselves."""

    heading: str
    sections: tuple[SectionRule, ...]


@dataclass(frozen=True, slots=True)
class NoteTemplate:
    """What a note shows. `leave_out` names what it does not; any other section not named comes last, under `rest`."""

    name: str
    title: str
    parts: tuple[PartRule, ...]
    leave_out: frozenset[SectionKind] = frozenset()
    rest: str = REST
    origin: str = "shipped"

    @property
    def rules(self) -> tuple[SectionRule, ...]:
        """Its sections, in order."""
        return tuple(rule for part in self.parts for rule in part.sections)


def load(config: Config) -> Mapping[str, NoteTemplate]:
    """All templates in force by name: the shipped ones and those of `sections.templates`.

    Raises ConfigError, naming file and line, where one cannot be used.
    """
    own: dict[str, NoteTemplate] = {}
    for file in _files(config.sections.templates):
        template = read(file)
        if template.name in own:
            raise ConfigError(f"two note templates are called {template.name!r}: rename {file}")
        own[template.name] = template
    return {**shipped(), **own}


def chosen(config: Config) -> NoteTemplate:
    """The template of `sections.template`: a name, or a YAML file. Raises ConfigError as `load` does."""
    name = config.sections.template.strip()
    if name.lower().endswith(SUFFIXES):
        return read(Path(name).expanduser())
    known = load(config)
    if name not in known:
        hint = _hint(name, list(known))
        raise ConfigError(
            f"there is no note template {name!r}{hint}: `scribe templates list` shows all, or name a file"
        )
    return known[name]


@lru_cache(maxsize=1)
def shipped() -> Mapping[str, NoteTemplate]:
    """The templates that come with scribe, by name."""
    found = (parse(file.read_text(encoding="utf-8"), file.stem, "shipped") for file in sorted(FOLDER.glob("*.yaml")))
    return MappingProxyType({template.name: template for template in found})


def source(template: NoteTemplate) -> str:
    """The YAML of a template as it stands in its file, to be copied and edited. Raises ConfigError."""
    return _text(FOLDER / f"{template.name}.yaml" if template.origin == "shipped" else Path(template.origin))


def read(file: Path) -> NoteTemplate:
    """The template of one file, named after it. Raises ConfigError, naming file and line, where it cannot be used."""
    return parse(_text(file), file.stem, str(file))


def _files(path: str) -> tuple[Path, ...]:
    if not path:
        return ()
    place = Path(path).expanduser()
    if not place.is_dir():
        return (place,)
    return tuple(sorted(file for file in place.iterdir() if file.suffix.lower() in SUFFIXES))


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise ConfigError(f"there is no note template {file}: check the name") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"the note template {file} cannot be read as UTF-8 text") from error


def parse(text: str, name: str, origin: str) -> NoteTemplate:
    """A template from its YAML. Raises ConfigError with `origin` and the line of the mistake."""
    return _Parser(f"note template {name!r}" if origin == "shipped" else f"note template {origin}").template(
        text, name, origin
    )


@dataclass(frozen=True, slots=True)
class _Parser:
    """Reads the tree of a YAML file; every node knows its line, so every mistake can be shown."""

    where: str

    def template(self, text: str, name: str, origin: str) -> NoteTemplate:
        try:
            root = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = f", line {mark.line + 1}" if mark else ""
            raise ConfigError(
                f"{self.where}{line}: this is not YAML: check indents, colons and quotes near there"
            ) from error
        if root is None:
            raise ConfigError(f"{self.where} is empty: `scribe templates show soap` prints one to start from")
        given = self._mapping(root, "a template", ("title", "sections", "empty", "leave_out", "rest"))
        if "sections" not in given:
            self._fail(root, "it has no `sections`: list the sections to show, in order")
        empty = self._choice(given["empty"], "empty", EMPTY) if "empty" in given else ""
        parts = tuple(self._parts(given["sections"], EMPTY[empty or "omit"]))
        leave_out = self._kinds_of(given["leave_out"], "leave_out") if "leave_out" in given else ()
        self._once(parts, leave_out, given.get("leave_out"), given["sections"])
        title = self._string(given["title"], "title") if "title" in given else name
        rest = self._string(given["rest"], "rest") if "rest" in given else REST
        return NoteTemplate(name, title, parts, frozenset(leave_out), rest, origin)

    def _parts(self, node: Node, empty: str) -> Iterator[PartRule]:
        for item in self._list(node, "sections"):
            if isinstance(item, MappingNode) and any(key.value == "part" for key, _ in item.value):
                given = self._mapping(item, "a part", ("part", "sections"))
                if "sections" not in given:
                    self._fail(item, "a `part` needs `sections` under it")
                rules = tuple(self._rule(rule, empty) for rule in self._list(given["sections"], "sections"))
                yield PartRule(self._string(given["part"], "part"), rules)
            else:
                yield PartRule("", (self._rule(item, empty),))

    def _rule(self, node: Node, empty: str) -> SectionRule:
        if isinstance(node, ScalarNode):
            kinds = self._kinds(node)
            return SectionRule(kinds, _title(kinds), _usual(kinds), empty)
        given = self._mapping(node, "a section", ("section", "heading", "style", "empty"))
        if "section" not in given:
            self._fail(node, f"this entry names no `section`: use {', '.join(NAMES)}")
        kinds = self._kinds_of(given["section"], "section")
        heading = self._string(given["heading"], "heading") if "heading" in given else _title(kinds)
        style = _usual(kinds)
        if "style" in given:
            fitting = {item.value: item for item in Style if set(kinds) <= FITS[item]}
            if kinds not in (NAMES[JOINT],):
                fitting.pop(Style.PROBLEMS, None)
            style = fitting[self._choice(given["style"], "style", fitting)]
        if "empty" in given:
            empty = EMPTY[self._choice(given["empty"], "empty", EMPTY)]
        return SectionRule(kinds, heading, style, empty)

    def _kinds_of(self, node: Node, name: str) -> tuple[SectionKind, ...]:
        nodes = self._list(node, name) if isinstance(node, SequenceNode) else [node]
        return tuple(kind for item in nodes for kind in self._kinds(item))

    def _kinds(self, node: Node) -> tuple[SectionKind, ...]:
        return NAMES[self._choice(node, "section", NAMES)]

    def _once(self, parts: Sequence[PartRule], left: Sequence[SectionKind], where: Node | None, root: Node) -> None:
        """Every section has one place: two would show its statements twice, and `leave_out` shows them nowhere."""
        placed: set[SectionKind] = set()
        for rule in (rule for part in parts for rule in part.sections):
            for kind in rule.kinds:
                if kind in placed:
                    self._fail(_second(root, kind) or root, f"the section {kind.value!r} stands there twice: keep one")
                placed.add(kind)
        for kind in left:
            if kind in placed:
                self._fail(where or root, f"the section {kind.value!r} is shown and in `leave_out`: choose one")
        if not placed:
            self._fail(root, "it shows no section: list at least one under `sections`")

    def _mapping(self, node: Node, what: str, allowed: Sequence[str]) -> dict[str, Node]:
        if not isinstance(node, MappingNode):
            self._fail(node, f"{what} is written as `name: value` lines; here stands {_written(node)}")
        found: dict[str, Node] = {}
        for key, value in node.value:
            name = str(key.value)
            if name not in allowed:
                self._fail(key, f"unknown field {name!r}{_hint(name, allowed)}: {what} can have {', '.join(allowed)}")
            if name in found:
                self._fail(key, f"the field {name!r} stands there twice: keep one")
            found[name] = value
        return found

    def _list(self, node: Node, name: str) -> list[Node]:
        if not isinstance(node, SequenceNode):
            self._fail(node, f"`{name}` must be a list, a line with `- ` for each entry; here stands {_written(node)}")
        return list(node.value)

    def _string(self, node: Node, name: str) -> str:
        if not isinstance(node, ScalarNode) or not node.value.strip() or "\n" in node.value.strip():
            self._fail(node, f"`{name}` must be one line of text; here stands {_written(node)}")
        return " ".join(node.value.split())

    def _choice(self, node: Node, name: str, allowed: Mapping[str, object]) -> str:
        value = str(node.value).strip().lower() if isinstance(node, ScalarNode) else None
        if value is None or value not in allowed:
            shown = repr(node.value) if isinstance(node, ScalarNode) else _written(node)
            hint = _hint(node.value, list(allowed)) if isinstance(node, ScalarNode) else ""
            self._fail(node, f"unknown {name} {shown}{hint}: use one of {', '.join(allowed)}")
        return value

    def _fail(self, node: Node, message: str) -> NoReturn:
        raise ConfigError(f"{self.where}, line {node.start_mark.line + 1}: {message}")


def _title(kinds: tuple[SectionKind, ...]) -> str:
    if kinds == NAMES[JOINT]:
        return "Assessment and plan"
    titles = [BY_KIND[kind].title for kind in kinds]
    return ", ".join([titles[0], *(title[:1].lower() + title[1:] for title in titles[1:])])


def _usual(kinds: tuple[SectionKind, ...]) -> Style:
    """How a section is set where the template does not say."""
    if kinds == NAMES[JOINT]:
        return Style.PROBLEMS
    fitting = [style for style in (Style.TABLE, Style.SYSTEMS) if set(kinds) <= FITS[style]]
    return fitting[0] if fitting else Style.BULLETS


def _second(root: Node, kind: SectionKind) -> Node | None:
    """The second place in the tree that names a section of this kind."""
    names = [node for node in _scalars(root) if kind in NAMES.get(node.value.strip().lower(), ())]
    return names[1] if len(names) > 1 else None


def _scalars(node: Node) -> Iterator[ScalarNode]:
    if isinstance(node, ScalarNode):
        yield node
    elif isinstance(node, SequenceNode):
        for item in node.value:
            yield from _scalars(item)
    elif isinstance(node, MappingNode):
        for key, value in node.value:
            if key.value in ("section", "sections"):
                yield from _scalars(value)


def _written(node: Node) -> str:
    kinds = {ScalarNode: "a single value", SequenceNode: "a list", MappingNode: "a table of fields"}
    return next(text for kind, text in kinds.items() if isinstance(node, kind))


def _hint(name: object, known: Sequence[str]) -> str:
    close = get_close_matches(str(name).lower(), known, n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""
