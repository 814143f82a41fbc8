"""Edge templates to read: the bundled one, and what others look like that people have."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

from edge_tasks.checkout.template_file import SourceFile

BUNDLED = Path(__file__).parents[1] / "templates" / "platform" / "openems-edge" / "config.d"
REVISION = ':org.apache.felix.configadmin.revision:=L"1"\n'
CORE = {
    "Core.AppManager": "_appManager",
    "Core.ComponentManager": "_componentManager",
    "Core.Cycle": "_cycle",
    "Core.Energy": "_energy",
    "Core.Host": "_host",
    "Core.Meta": "_meta",
    "Core.PredictorManager": "_predictorManager",
    "Core.Sum": "_sum",
    "Ess.Power": "_power",
    "Evcs.SlowPowerIncreaseFilter": "_evcsSlowPowerIncreaseFilter",
}
"""The components that an edge starts by itself, and their ids."""
HOST = r"""_lastChangeAt="2026-11-23T22:08:54"
_lastChangeBy="Internal\ NetworkConfigurationWorker"
networkConfiguration="{\n\ \ \"interfaces\":\ {}\n}"
"""
"""What an edge writes into the configuration of its host."""
LOGGING = r"""log4j2.appender.console.layout.pattern="%d{ISO8601}\ %m%n"
log4j2.appender.console.type="Console"
log4j2.rootLogger.appenderRef.console.ref="console"
log4j2.rootLogger.level="INFO"
service.pid="org.ops4j.pax.logging"
"""


def bundled_template() -> list[SourceFile]:
    """Our own 24 files."""
    return [
        SourceFile(PurePosixPath(path.relative_to(BUNDLED)), path.read_bytes().decode())
        for path in sorted(BUNDLED.rglob("*.config"))
    ]


def checkout_template() -> list[SourceFile]:
    """The same as a checkout of the platform has them: other address, one file where Felix does not look.

    And one is without a revision, since Felix has never written it.
    """
    return [_in_a_checkout(source) for source in bundled_template()]


def template_that_was_run_on() -> list[SourceFile]:
    """A checkout's template without rrd4j after an edge of 2024.7.0 ran on it."""
    sources = [_after_a_run(source) for source in checkout_template() if "Timedata" not in source.path.parts]
    return [*sources, *(_core(pid, own_id) for pid, own_id in CORE.items())]


def write_template(folder: Path, sources: list[SourceFile]) -> Path:
    """Write a template into a folder."""
    for source in sources:
        path = folder / source.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(source.text.encode())
    return folder


def _in_a_checkout(source: SourceFile) -> SourceFile:
    path = str(source.path).replace("Controller/Io/", "Controller/IO/")
    text = source.text.replace("ws://openems-backend:8081", "ws://localhost:8081")
    if source.path.parent.name == "Websocket":
        text = text.removeprefix(REVISION)
    return SourceFile(PurePosixPath(path), text)


def _after_a_run(source: SourceFile) -> SourceFile:
    text = source.text
    if source.path.name == "logging.config":
        text = LOGGING
    if source.path.parent.name == "Balancing":
        text += "".join(
            rf'{name}.target="(&(enabled\=true)(!(service.pid\={_pid(text)}))(|(id\={own_id})))"' + "\n"
            for name, own_id in (("ess", "ess0"), ("meter", "meter0"))
        )
    if source.path.parent.parent.name == "ModbusTcp":
        text = text.replace(r"(enabled\=true)", "")
    return SourceFile(source.path, text.replace("log4j1-2.0.5", "log4j2-2.2.2"))


def _pid(text: str) -> str:
    found = re.search(r'^service\.pid="([^"]+)"$', text, re.MULTILINE)
    assert found, text
    return found[1]


def _core(pid: str, own_id: str) -> SourceFile:
    text = f'alias="{pid}"\nid="{own_id}"\nservice.bundleLocation="?"\nservice.pid="{pid}"\n'
    if pid == "Core.Host":
        text += HOST
    return SourceFile(PurePosixPath(pid.replace(".", "/") + ".config"), REVISION + text)
