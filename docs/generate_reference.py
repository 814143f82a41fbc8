"""Writes the generated pages of docs/reference from the code: ``python docs/generate_reference.py``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edge_tasks.cli.option import Option
    from edge_tasks.light.wire.model import Model
    from tests.recordings.comparison import Row

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "reference"
_WRITTEN = "<!-- Written by docs/generate_reference.py from the code; do not edit. -->"

_STEPS = """\
You can type several tasks in one command (`inv gen-configs compose`). Each runs once, and options may follow
any of them. The tasks that a task needs run first. What is already right is left alone. `inv TASK --help`
prints the options that most people need, `inv TASK --help-all` all that can matter to the task. If an option
has no effect where you type it, a line says so. A file that you name with `--output` is replaced only if the
same task has written it (or if it is empty).

{looking}
take the fleet as it was saved, whatever `--edges` says. So does `verify` alone, if there is a fleet."""
_VERIFY = """\
If there is a fleet, `inv verify` alone **judges, but mends nothing**: it names an edge that has died, and it
exits with 6 if the whole fleet is down. `inv up` and `inv setup` mend. If there is no fleet yet, `inv verify`
brings one up first, and says so.

After `down`, `restart`, `reset` or `rotate-keys`, the tasks that follow in the same command run again:
`inv down --purge setup` makes a new fleet."""
_SOURCES = """\
Each setting is taken from the first of these that has it: the option, the environment, the saved fleet,
`invoke.yaml`, the default. All settings are saved with the fleet, except `--platform` and `--timeout`. The
platform that was used last is remembered beside `tasks.py`. If there is none, it is `./platform`. The
[installed command](../howto/installed.md) looks for the platform and for `invoke.yaml` in the current folder."""


_DOCUMENT = """\
With `--json` a command prints one JSON document to standard output, even if it fails and even if you type
several tasks. Everything that people read goes to standard error. The exit code is the same as without
`--json`. Within a major version, members are only added, and never renamed or removed. The tests check each
task against the [JSON Schema](output.schema.json).

    inv status --json | jq -r '.edges[] | select(.state != "online") | .name'

A document always has the member `error`. It has the other members that its tasks write. If the command line
cannot be read (there is no such task or option), `error` is its only member. `logs` prints the log lines first,
and then the document."""


_CHANNELS = """\
A light edge of the bundled template sends {total} channels. {properties} of them repeat its configuration.
Names and types are those of a real edge of OpenEMS 2024.7.0. The sign ∅ marks a channel that is null on a real
edge, too. The channels of the column *averages* are sent in the averages of five minutes only, because they have
a low priority. Tests compare this list with recordings of real edges: each channel has the same type, and for 450
cycles the same value."""

_STORED = """\
## What a database holds of it

This table is made by `tests/recordings/comparison.py`. It compares what InfluxDB had of a real edge of the
bundled template in ten minutes with what a light edge tells in the same seconds of its life. {same} channels are
the same, {differs} differ, and {left_out} are left out. Counters are the same within 1 Wh, and times within 1 s.
A state of charge changes in the same second or the next one, because the age of the recorded edge is known to
the second only. InfluxDB stores no texts.

Left out are properties of other factories: a real edge gives each component the properties of all factories in
its bundle (`meter1/_PropertyVoltage` is one of a simulated battery). No widget and no bill reads them.

A light edge tells nothing else that a database would store. What a template configures and OpenEMS 2024.7.0 does
not declare (`noOfCycles`, `minActivePower`) is left out, as on a real edge."""


def pages() -> dict[Path, str]:
    """Path of a generated page → its text."""
    return {
        FOLDER / "tasks.md": _tasks(),
        FOLDER / "settings.md": _settings(),
        FOLDER / "json.md": _json(),
        FOLDER / "channels.md": _channels(),
    }


def _tasks() -> str:
    from edge_tasks.cli.effects import LOOKING  # noqa: PLC0415 - only where the pages are written
    from edge_tasks.cli.options import COMMON  # noqa: PLC0415 - as above
    from edge_tasks.cli.own_options import OWN  # noqa: PLC0415 - as above

    namespace = _namespace()
    tasks = {name: namespace[name] for name in namespace.task_names}
    rows = [f"| `{name}` | {_names(task.pre)} | {_summary(task)} |" for name, task in tasks.items()]
    *others, last = (f"`{name}`" for name in tasks if name in LOOKING)
    parts = [
        "# Tasks and options",
        _WRITTEN,
        _STEPS.format(looking=f"{', '.join(others)} and {last}"),
        _table(("task", "needs", "what it does"), rows),
        _VERIFY,
        "## Options of all tasks",
        _options(COMMON.values()),
    ]
    for name in tasks:
        if name in OWN:
            parts += [f"## Options of {name}", _options(OWN[name])]
    return "\n\n".join(parts) + "\n"


def _settings() -> str:
    from edge_tasks.cli.options import SETTINGS  # noqa: PLC0415 - only where the pages are written

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
            "`depends`: found at run time. Flags are no settings: see [tasks and options](tasks.md).\n",
        )
    )


def _json() -> str:
    schema = json.loads((FOLDER / "output.schema.json").read_text())
    parts = ["# JSON document", _WRITTEN, _DOCUMENT, _members(schema)]
    for one in schema["$defs"].values():
        parts += [f"## {one['title'].capitalize()}", _members(one)]
    return "\n\n".join(parts) + "\n"


def _channels() -> str:
    from edge_tasks.light.wire.model import model_of  # noqa: PLC0415 - as above
    from edge_tasks.openems import configuration  # noqa: PLC0415 - only where the pages are written

    template = ROOT / "templates" / "platform" / "openems-edge" / "config.d"
    model = model_of(configuration.read(template))
    channels = model.channels
    kinds = {
        "counters, Wh": [name for _, text in channels.counted for name in text.names],
        "follow the simulation": [
            name
            for text in (*channels.levels, *(reading.text for reading in channels.readings))
            for name in text.names
        ],
        "constant": [name for name in channels.constants if "/_Property" not in name],
        "averages": [
            *(name for reading in channels.averages for name in reading.text.names),
            *channels.constant_averages,
        ],
        "configuration": [name for name in channels.constants if "/_Property" in name],
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
            _CHANNELS.format(total=total, properties=len(kinds["configuration"])),
            _table(("component", *kinds), rows),
            _stored(model),
        )
    )


def _stored(model: Model) -> str:
    sys.path.insert(0, str(ROOT))
    from tests.recordings.comparison import compare  # noqa: PLC0415 - of the project's root

    verdicts = ("same", "differs", "left out")
    found = {verdict: [row for row in compare(model) if row.verdict == verdict] for verdict in verdicts}
    owners = sorted({row.channel.partition("/")[0] for rows in found.values() for row in rows})
    rows = [
        f"| `{owner}` | " + " | ".join(_own_rows(owner, found[verdict]) for verdict in verdicts) + " |"
        for owner in owners
    ]
    counts = {verdict.replace(" ", "_"): len(rows) for verdict, rows in found.items()}
    return "\n\n".join((_STORED.format(**counts), _table(("component", *verdicts), rows) + "\n"))


def _own_rows(owner: str, rows: list[Row]) -> str:
    own = (row for row in rows if row.channel.partition("/")[0] == owner)
    return ", ".join(row.channel.partition("/")[2] + f" ({row.why})" * (row.verdict == "differs") for row in own)


def _of(owner: str, names: list[str], constants: Any) -> str:  # noqa: ANN401 - values of channels
    own = (name for name in names if name.partition("/")[0] == owner)
    return ", ".join(
        f"{name.partition('/')[2]}{'∅' if name in constants and constants[name] is None else ''}" for name in own
    )


def _members(schema: dict[str, Any]) -> str:
    rows = [f"| `{name}` | {_kind(one)} | {one['description']} |" for name, one in schema["properties"].items()]
    return _table(("member", "type", "value"), rows)


def _kind(schema: dict[str, Any]) -> str:
    """The type in words, for example ``array of edge``."""
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
    return f"`{value}`" if value not in (None, "") else "depends"


def _options(options: Iterable[Option]) -> str:
    rows = [f"| `{option.option}{'' if option.is_flag else ' …'}` | {option.help} |" for option in options]
    return _table(("option", "meaning"), rows)


def _table(titles: tuple[str, ...], rows: list[str]) -> str:
    return "\n".join((f"| {' | '.join(titles)} |", "| --- " * len(titles) + "|", *rows))


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text)
