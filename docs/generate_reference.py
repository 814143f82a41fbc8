"""Writes the generated pages of docs/reference from the code: ``python docs/generate_reference.py``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "reference"
_WRITTEN = "<!-- Written by docs/generate_reference.py from the code; do not edit. -->"

_STEPS = """\
Steps may be typed together (`inv gen-configs compose`); each runs once, and options may stand behind any of them.
What a task rests on is done first, and what is right already is left alone. `inv --help TASK` says the same."""
_VERIFY = """\
`inv verify` typed alone on a fleet that was brought up **judges and mends nothing**: an edge that died is named.
`inv up` or `inv setup` mends."""
_SOURCES = """\
An option beats the environment, that beats what was saved with the fleet, that beats `invoke.yaml`, that beats
the default. Saved with the fleet are all but `--platform` (the one used last is remembered beside `tasks.py`;
where there is none, it is `./platform`) and `--timeout`."""


_DOCUMENT = """\
With `--json` a task prints one JSON document to standard output, also when it fails and when several tasks are
typed together; everything that people read goes to standard error. The exit code says the same as without.
Members are only added, never renamed or removed, within a major version. There is a
[JSON Schema](output.schema.json) of it, which the tests hold each task to.

    inv status --json | jq -r '.edges[] | select(.state != "online") | .name'

A document has those members that its tasks tell, and `error` always. A command line that cannot be read at all
(no such task or option) has no document, and `logs` prints before it what others said."""


_CHANNELS = """\
What a light edge of the bundled template tells: {total} channels, {properties} of them repeat its configuration.
Names and types are those of a real edge of 2024.7.0; ∅ stands for one that is null there as well. A test holds
the list to the recording of a real edge: each has the type that it has there, and in 450 cycles the value.

Of the recorded 668 those are left out that a real edge adds to each component for the *other* factories of its
bundle (`meter1/_PropertyFilename`, `_cycle/_PropertyCurrency`), and defaults that nobody configured: some 300,
which no widget and no bill reads. Relays (`io0/InputOutput0`) are not told: a real edge does not tell them."""


def pages() -> dict[Path, str]:
    """The generated pages' texts, by path."""
    return {
        FOLDER / "tasks.md": _tasks(),
        FOLDER / "settings.md": _settings(),
        FOLDER / "json.md": _json(),
        FOLDER / "channels.md": _channels(),
    }


def _tasks() -> str:
    from edge_tasks.cli.program import COMMON  # noqa: PLC0415 - only where the pages are written

    namespace = _namespace()
    tasks = {name: namespace[name] for name in namespace.task_names}
    rows = [f"| `{name}` | {_names(task.pre)} | {_summary(task)} |" for name, task in tasks.items()]
    parts = [
        "# Tasks and options",
        _WRITTEN,
        _STEPS,
        _table(("task", "rests on", "does"), rows),
        _VERIFY,
        "## Options of all tasks",
        _options(tasks["setup"], COMMON),
    ]
    for name, task in tasks.items():
        own = {option: text for option, text in task.help.items() if COMMON.get(option) != text}
        if own:
            parts += [f"## Options of {name}", _options(task, own)]
    return "\n\n".join(parts) + "\n"


def _settings() -> str:
    from edge_tasks.cli.settings import SETTINGS  # noqa: PLC0415 - only where the pages are written

    rows = [
        f"| `{one.option}` | `{one.variable}` | `{one.name}` | {_default(one.default)} | {one.allowed} |"
        for one in SETTINGS.values()
    ]
    titles = ("option", "environment", "`invoke.yaml`, in `edge_tasks`", "default", "allowed")
    return "\n\n".join(
        (
            "# Settings",
            _WRITTEN,
            _SOURCES,
            _table(titles, rows),
            "Flags have no setting: see [tasks and options](tasks.md).\n",
        )
    )


def _json() -> str:
    schema = json.loads((FOLDER / "output.schema.json").read_text())
    parts = ["# JSON outputs", _WRITTEN, _DOCUMENT, _members(schema)]
    for one in schema["$defs"].values():
        parts += [f"## {one['title'].capitalize()}", _members(one)]
    return "\n\n".join(parts) + "\n"


def _channels() -> str:
    from edge_tasks.light.wire.model import model_of  # noqa: PLC0415 - as above
    from edge_tasks.openems import configuration  # noqa: PLC0415 - only where the pages are written

    template = ROOT / "templates" / "platform" / "openems-edge" / "config.d"
    channels = model_of(configuration.read(template)).channels
    kinds = {
        "counters, Wh": [name for text in channels.counters if text for name in text.names],
        "follow the simulation": [
            name
            for text in (*channels.levels, *(reading.text for reading in channels.readings))
            for name in text.names
        ],
        "stand still": [name for name in channels.constants if "/_Property" not in name],
        "of its configuration": [name for name in channels.constants if "/_Property" in name],
    }
    total = sum(map(len, kinds.values()))
    owners = sorted({name.partition("/")[0] for names in kinds.values() for name in names})
    rows = [
        f"| `{owner}` | " + " | ".join(_of(owner, names, channels.constants) for names in kinds.values()) + " |"
        for owner in owners
    ]
    return "\n\n".join(
        (
            "# Channels of a light edge",
            _WRITTEN,
            _CHANNELS.format(total=total, properties=len(kinds["of its configuration"])),
            _table(("component", *kinds), rows) + "\n",
        )
    )


def _of(owner: str, names: list[str], constants: Any) -> str:  # noqa: ANN401 - values of channels
    own = (name for name in names if name.partition("/")[0] == owner)
    return ", ".join(
        f"{name.partition('/')[2]}{'∅' if name in constants and constants[name] is None else ''}" for name in own
    )


def _members(schema: dict[str, Any]) -> str:
    rows = [f"| `{name}` | {_kind(one)} | {one['description']} |" for name, one in schema["properties"].items()]
    return _table(("member", "type", "value"), rows)


def _kind(schema: dict[str, Any]) -> str:
    """Its type in words: ``array of edge``."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(_kind(one) for one in schema["anyOf"])
    if "enum" in schema:
        return " ".join(f"`{value}`" for value in schema["enum"])
    return f"array of {_kind(schema['items'])}" if schema["type"] == "array" else str(schema["type"])


def _namespace() -> Any:  # noqa: ANN401 - invoke's collection
    sys.path.insert(0, str(ROOT))
    import tasks  # noqa: PLC0415 - the file of the project's root

    return tasks.namespace


def _names(tasks: Any) -> str:  # noqa: ANN401 - as above
    return ", ".join("`" + str(task.name).replace("_", "-") + "`" for task in tasks)


def _summary(task: Any) -> str:  # noqa: ANN401 - invoke's task
    return str(task.__doc__).strip().splitlines()[0]


def _default(value: object) -> str:
    return f"`{value}`" if value not in (None, "") else "found out"


def _options(task: Any, options: dict[str, str]) -> str:  # noqa: ANN401 - as above
    flags = {argument.name.replace("_", "-") for argument in task.get_arguments() if argument.kind is bool}
    rows = [f"| `--{name}{'' if name in flags else ' …'}` | {text} |" for name, text in options.items()]
    return _table(("option", "meaning"), rows)


def _table(titles: tuple[str, ...], rows: list[str]) -> str:
    return "\n".join((f"| {' | '.join(titles)} |", "| --- " * len(titles) + "|", *rows))


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text)
