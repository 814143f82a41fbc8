from __future__ import annotations

from edge_tasks.cli.options import SETTINGS
from edge_tasks.runtimes.docker.options import DockerOptions

CHOICES: dict[str, str | int] = {
    name: setting.default for name, setting in SETTINGS.items() if setting.default is not None
}


def test_each_setting_and_flag_of_the_docker_runtime_has_its_place() -> None:
    texts = {
        "project_name": "mine",
        "edge_heap": "64m",
        "edge_memory": "300m",
        "java_options": "-Xms8m",
        "light_image": "python:3.13",
        "openems_version": "2025.1.0",
        "download_from": "https://mirror",
    }
    found = DockerOptions.of({**CHOICES, **texts}, {"demo", "fix"})
    assert {name: getattr(found, name) for name in texts} == texts
    assert (found.skip_build, found.demo, found.force, found.fix) == (False, True, False, True)
    others = DockerOptions.of(CHOICES, {"skip_build", "force"})
    assert (others.skip_build, others.demo, others.force, others.fix) == (True, False, True, False)


def test_bundles_are_unpacked_unless_each_edge_reads_its_jar() -> None:
    assert DockerOptions.of(CHOICES, ()).unpacks_bundles
    assert not DockerOptions.of({**CHOICES, "edge_bundles": "jar"}, ()).unpacks_bundles
