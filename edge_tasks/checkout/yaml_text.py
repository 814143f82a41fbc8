"""YAML as people write it in compose files and profiles: values, and the lines on which they stand. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import yaml

if TYPE_CHECKING:
    from collections.abc import Hashable

_NUMBERS: Final = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
_DATE: Final = "tag:yaml.org,2002:timestamp"
_MERGE: Final = "<<"


class YamlError(ValueError):
    """A text that is no YAML.

    Attributes:
        line: where, counted from 1; None where the parser does not say.
        problem: what is wrong there.
    """

    def __init__(self, line: int | None, problem: str) -> None:
        super().__init__(problem if line is None else f"line {line}: {problem}")
        self.line = line
        self.problem = problem


def load(text: str, *, any_tag: bool = False) -> object:
    """The value of a document, with numbers as in YAML 1.2: ``20:00`` is a text, not 1200.

    Args:
        text: of the document.
        any_tag: read a value with an unknown tag, such as Compose's ``!override``, as if it had none.

    Raises:
        YamlError: it is no YAML, or a key is there twice, or a tag is unknown.
    """
    try:
        value: object = yaml.load(text, Loader=_AnyTag if any_tag else _Loader)  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "it cannot be read"
        raise YamlError(mark.line + 1 if mark else None, str(problem)) from None
    return value


def line_of(text: str, *path: str | int) -> int:
    """The line of an entry, counted from 1, or of the nearest one around it; the text must be valid.

    Args:
        text: of the document.
        path: keys that lead to the entry. In a list, ``A`` is an item that begins with ``A=``, 2 the third.
    """
    node: yaml.Node | None = yaml.compose(text, Loader=_AnyTag)
    line = 1
    for key in path:
        found = _below(node, key)
        if found is None:
            break
        line, node = found
    return line


def _below(node: yaml.Node | None, key: str | int) -> tuple[int, yaml.Node] | None:
    if isinstance(key, int):
        items = node.value if isinstance(node, yaml.SequenceNode) else []
        return (items[key].start_mark.line + 1, items[key]) if key < len(items) else None
    if isinstance(node, yaml.MappingNode):
        pairs = [(name.value, name, value) for name, value in node.value if isinstance(name, yaml.ScalarNode)]
    elif isinstance(node, yaml.SequenceNode):  # of "NAME=value", or of "8080:80"
        pairs = [(item.value.partition("=")[0], item, item) for item in node.value if item.id == "scalar"]
    else:
        return None
    return next(((at.start_mark.line + 1, value) for name, at, value in pairs if name == key), None)


class _Loader(yaml.SafeLoader):
    """PyYAML's safe one, with YAML 1.2's numbers, without dates, and with no key twice."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - as its base class declares it
        first: [(tag, pattern) for tag, pattern in known if tag not in (*_NUMBERS, _DATE)]
        for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def _unique(loader: _Loader, node: yaml.MappingNode) -> dict[Hashable, object]:
    seen: set[str] = set()
    for key, _ in node.value:
        if isinstance(key, yaml.ScalarNode) and key.value in seen - {_MERGE}:
            problem = f"the key {key.value} is there twice"
            raise yaml.constructor.ConstructorError(problem=problem, problem_mark=key.start_mark)
        seen.add(str(key.value))
    found: dict[Hashable, object] = loader.construct_mapping(node, deep=True)
    return found


def _integer(loader: _Loader, node: yaml.ScalarNode) -> int:
    """Decimal, also with zeros in front, where PyYAML would read octal as in YAML 1.1."""
    return int(str(loader.construct_scalar(node)))


_Loader.add_implicit_resolver(_NUMBERS[0], re.compile(r"[-+]?[0-9]+$"), list("-+0123456789"))
_Loader.add_implicit_resolver(
    _NUMBERS[1],
    re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$|[-+]?\.inf$|\.nan$"),
    list("-+.0123456789"),
)
_Loader.add_constructor(_NUMBERS[0], _integer)
_Loader.add_constructor("tag:yaml.org,2002:map", _unique)


class _AnyTag(_Loader):
    """The same, indifferent to tags that only Compose knows."""


def _untagged(loader: _AnyTag, _suffix: str, node: yaml.Node) -> object:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node) if isinstance(node, yaml.ScalarNode) else None


_AnyTag.add_multi_constructor("!", _untagged)
