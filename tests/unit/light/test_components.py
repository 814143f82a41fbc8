from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edge_tasks.openems import configuration

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

UUID = "28628d01-a978-4328-9a8f-b9c7751ed2d2"


def _write(directory: Path, place: str, *lines: str) -> None:
    path = directory / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n")


def test_a_file_at_its_place_is_a_component(tmp_path: Path) -> None:
    _write(tmp_path, "A/B/c.config", 'service.pid="A.B.c"', 'service.factoryPid="A.B"', 'id="b0"', 'alias="x"')
    (found,) = configuration.read(tmp_path).components
    assert (found.id, found.factory_pid, found.pid, found.alias, found.enabled) == (
        "b0",
        "A.B",
        "A.B.c",
        "x",
        True,
    )


@pytest.mark.parametrize(
    ("place", "lines", "reason"),
    [
        ("A/b/c.config", ('service.pid="A.B.c"', 'service.factoryPid="A.B"', 'id="b0"'), "A/B/c.config"),
        ("A/B/c.config", ('id="b0"',), "no service.pid"),
        ("A/B/c.config", ("id=b0",), "line 1"),
        (f"A/{UUID}.config", (f'service.pid="A.{UUID}"', 'id="b0"'), "service.factoryPid"),
        ("A/c.config", ('service.pid="A..c"', 'service.factoryPid="A"', 'id="b0"'), "cannot be a path"),
        ("A/c.config", ('service.pid="A.c"', 'service.factoryPid="A"'), "no id"),
    ],
)
def test_what_felix_would_not_load_is_ignored_with_its_reason(
    tmp_path: Path, place: str, lines: tuple[str, ...], reason: str
) -> None:
    _write(tmp_path, place, *lines)
    found = configuration.read(tmp_path)
    assert found.components == ()
    (line,) = found.ignored
    assert line.startswith(f"{place}: ")
    assert reason in line


def test_a_second_component_of_an_id_is_ignored(tmp_path: Path) -> None:
    for name in "cd":
        _write(tmp_path, f"A/{name}.config", f'service.pid="A.{name}"', 'service.factoryPid="A"', 'id="b0"')
    found = configuration.read(tmp_path)
    assert [one.pid for one in found.components] == ["A.c"]
    assert "already taken" in found.ignored[0]


def test_a_missing_directory_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        configuration.read(tmp_path / "none")


def test_the_stock_template_misses_the_misplaced_controller(stock: configuration.Configuration) -> None:
    ids = {one.id for one in stock.components}
    assert {"meter0", "ess0", "rrd4j0", "ctrlBackend0"} <= ids
    assert "ctrlIoFixDigitalOutput0" not in ids
    assert len(stock.ignored) == 1
    assert stock.ignored[0].startswith("Controller/IO/FixDigitalOutput/")


def test_no_apikey_is_in_a_repr(stock: configuration.Configuration) -> None:
    assert "DEMO_API_KEY" not in repr(stock)


def test_numbers_that_are_texts_are_numbers(component: Callable[..., configuration.Component]) -> None:
    datasource = component("datasource0", "Simulator.Datasource.Single.Direct", values=("4000", "x", 500))
    assert datasource.integers("values") == (4000, 500)
