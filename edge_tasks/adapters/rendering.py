"""The only module that uses Jinja: the project's templates, and templates compiled from a string.

Jinja turns every line end of a template's own text into one kind. Text that must come back byte for byte is
therefore handed over as a string expression (:func:`literal`), which Jinja leaves alone.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from jinja2 import Environment


class Template(Protocol):
    """A compiled template: what this module gives, and what :func:`render` takes."""

    def render(self, **values: object) -> str:
        """The text."""


def templates_folder() -> Path:
    """The project's templates: inside the package in an installed wheel, beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "templates"  # first: beside an installed package may lie somebody else's "templates"
    return inside if inside.is_dir() else package.parent / "templates"


def template(name: str) -> Template:
    """A template of the project by its file name."""
    return _environment().get_template(name)


def compiled(source: str) -> Template:
    """A template from a string, see :func:`literal` and :func:`placeholder`."""
    return _environment().from_string(source)


def literal(text: str) -> str:
    """Template source that renders as exactly ``text``."""
    return placeholder(json.dumps(text, ensure_ascii=False)) if text else ""


def placeholder(expression: str) -> str:
    """Template source that renders as the expression's value."""
    return "{{ " + expression + " }}"


def render(source: Template, **values: object) -> str:
    """The text; an undefined name is an error (:class:`jinja2.UndefinedError`)."""
    return source.render(**values)


@cache
def _environment() -> Environment:
    from jinja2 import (  # noqa: PLC0415 - 30 ms that only those need who write something
        Environment,
        FileSystemLoader,
        StrictUndefined,
        select_autoescape,
    )

    return Environment(
        loader=FileSystemLoader(templates_folder()),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=select_autoescape(("html.j2",), default_for_string=False),  # the rest is YAML and Felix
    )
