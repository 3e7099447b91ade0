"""Reading the YAML files of commands and templates, with errors that say where and what."""

from __future__ import annotations

from collections.abc import Mapping, Set
from pathlib import Path
from typing import Any

import yaml

from scribe.errors import ConfigError


class _UniqueKeys(yaml.SafeLoader):
    """YAML in which a name that stands twice is an error and not silently the last one."""


def _mapping(loader: _UniqueKeys, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node)
        if key in seen:
            raise ConfigError(f"{key!r} stands twice, the second time in line {key_node.start_mark.line + 1}")
        seen.add(key)
    return dict(loader.construct_mapping(node, deep=True))


_UniqueKeys.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def read(path: Path, origin: str) -> Any:
    """What a YAML file holds. Raises ConfigError where it is missing, not UTF-8, not YAML, or names a thing twice."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise ConfigError(f"{origin} does not exist: check the name in the settings") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{origin} is not UTF-8 text: save it as UTF-8 and try again") from error
    except OSError as error:
        raise ConfigError(f"{origin} cannot be read ({error.strerror}): check its name and permissions") from error
    return parse(text, origin)


def parse(text: str, origin: str) -> Any:
    """What YAML text holds. Raises ConfigError where it is not YAML, or names a thing twice."""
    try:
        return yaml.load(text, Loader=_UniqueKeys)  # noqa: S506  (a SafeLoader)
    except ConfigError as error:
        raise ConfigError(f"{origin}: {error}; give it one name each, or take one out") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" at line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "it cannot be parsed"
        raise ConfigError(f"{origin} is not YAML{line} ({problem}): compare it with docs/dictation.md") from error
    except (ValueError, TypeError, RecursionError) as error:
        raise ConfigError(f"{origin} is not YAML we can read: compare it with docs/dictation.md") from error


def table(value: object, where: str, keys: Set[str] | None = None) -> Mapping[str, Any]:
    """`value` as names with values. Raises ConfigError where it is none, or has a name that is not in `keys`."""
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        raise ConfigError(f"{where}: names with values under them are expected, see docs/dictation.md")
    for key in value if keys is not None else ():
        if keys is not None and key not in keys:
            raise ConfigError(f"{where}: unknown entry {key!r}; there can be {', '.join(sorted(keys))}")
    return value


def strings(value: object, key: str, where: str) -> tuple[str, ...]:
    """`value` as texts: a list of them, a single one, or nothing. Raises ConfigError where it is something else."""
    items = [] if value is None else value if isinstance(value, list) else [value]
    for item in items:
        if not isinstance(item, str):
            raise ConfigError(f"{where}: {str(item)!r} under `{key}` must be text; put it in quotes")
    return tuple(items)
