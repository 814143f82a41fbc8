from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from edge_tasks.openems import felix
from edge_tasks.openems.configuration import BACKEND, SINGLETON_IDS, Component, component_of, configuration

UUID = "28628d01-a978-4328-9a8f-b9c7751ed2d2"


def factory_file(name: str, **properties: str) -> tuple[PurePosixPath, bytes]:
    lines = [f'service.pid="{BACKEND}.{name}"', f'service.factoryPid="{BACKEND}"']
    lines += [f"{key}={value}" for key, value in properties.items()]
    return PurePosixPath(f"Controller/Api/Backend/{name}.config"), "\n".join(lines).encode()


@pytest.mark.parametrize(
    ("value", "enabled"),
    [(None, True), (True, True), (False, False), ("true", True), ("TRUE", True), ("false", False), ("", False)],
)
def test_a_component_is_enabled_unless_it_says_otherwise_as_a_boolean_or_a_text(
    value: felix.Value | None, *, enabled: bool
) -> None:
    properties = {} if value is None else {"enabled": value}
    assert Component("a", "F", "F.1", "", properties).enabled is enabled


def test_the_backend_controller_is_the_first_enabled_one() -> None:
    found = configuration(
        [
            factory_file("a", id='"a"', enabled='B"false"'),
            factory_file("c", id='"c"'),
            factory_file("b", id='"b"'),
        ]
    )
    backend = found.backend()
    assert backend is not None
    assert backend.id == "b"


def test_of_two_files_with_one_id_the_second_is_ignored_and_named() -> None:
    found = configuration([factory_file("a", id='"x"'), factory_file("b", id='"x"')])
    assert [one.pid for one in found.components] == [f"{BACKEND}.a"]
    assert found.ignored == ("Controller/Api/Backend/b.config: the id x is already taken",)


@pytest.mark.parametrize(("pid", "own_id"), SINGLETON_IDS.items())
def test_a_singleton_needs_no_id(pid: str, own_id: str) -> None:
    found = component_of(felix.path_of(pid), f'service.pid="{pid}"'.encode())
    assert found is not None
    assert (found.id, found.factory_pid) == (own_id, pid)


@pytest.mark.parametrize(
    ("path", "content", "reason"),
    [
        (
            f"Controller/API/Backend/{UUID}.config",
            f'service.pid="{BACKEND}.{UUID}"',
            "its service.pid belongs to",
        ),
        (f"Controller/Api/Backend/{UUID}.config", f'service.pid="{BACKEND}.{UUID}"', "no service.factoryPid"),
        ("a.config", 'b="c"', "it has no service.pid"),
        ("a.config", "b=", "line 1"),
        ("a.config", 'service.pid="a"\nservice.factoryPid="A"', "it has no id"),
        ("a.config", 'service.pid="a/b"', "cannot be a path"),
    ],
)
def test_a_file_that_felix_would_not_load_is_named_with_the_reason(path: str, content: str, reason: str) -> None:
    found = configuration([(PurePosixPath(path), content.encode())])
    assert found.components == ()
    assert len(found.ignored) == 1
    assert found.ignored[0].startswith(f"{path}: ")
    assert reason in found.ignored[0]


def test_a_file_that_is_not_utf_8_is_ignored() -> None:
    assert configuration([(PurePosixPath("a.config"), b"\xff")]).ignored == ("a.config: it is not UTF-8",)


@pytest.mark.parametrize("path", [felix.DYNAMIC_BINDINGS, "org/ops4j/pax/logging.config"])
def test_a_file_that_configures_no_component_is_left_out_without_a_word(path: str) -> None:
    content = b'service.pid="org.ops4j.pax.logging"'
    assert configuration([(PurePosixPath(path), content)]).ignored == ()


@pytest.mark.parametrize("name", [UUID, UUID.upper()])
def test_a_uuid_is_a_name_that_was_generated(name: str) -> None:
    assert felix.is_generated(PurePosixPath(f"A/{name}.config"))


@pytest.mark.parametrize("name", ["rrd4j0", UUID[:-1], f"{UUID}0", UUID.replace("-", "_"), f"x{UUID}"])
def test_any_other_name_was_given_by_a_person(name: str) -> None:
    assert not felix.is_generated(PurePosixPath(f"A/{name}.config"))
