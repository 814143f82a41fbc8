from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import pytest

from edge_tasks.checkout.template import Template, compile_template
from edge_tasks.checkout.template_file import SourceFile
from edge_tasks.errors import SettingsError
from edge_tasks.fleet.directories import Directories
from edge_tasks.steps.gen_configs import GenConfigs
from tests.unit.steps.neighbours import FLEET, Lines

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from edge_tasks.fleet.identity import Fleet

URI = "ws://backend:8081"


class Scene:
    def __init__(self, template: Template, folder: Path) -> None:
        self.output, self.claimed, self.adopted = Lines(), 0, frozenset[str]()
        self.template, self.directories = template, Directories(folder)

    def step(
        self, fleet: Fleet = FLEET, *, adopt: bool = False, force: bool = False, as_made: bool = False
    ) -> GenConfigs:
        return GenConfigs(
            template_of=lambda _: self.template,
            uri=URI,
            directories=self.directories,
            edges=fleet.edges_with_directory,
            may_stay=frozenset(edge.directory for edge in fleet.edges),
            claim=self.claim,
            output=self.output,
            adopt=adopt,
            force=force,
            as_made=as_made,
        )

    def claim(self, adopted: Collection[str]) -> None:
        self.claimed += 1
        self.adopted = frozenset(adopted)

    def names(self) -> list[str]:
        return sorted(path.name for path in self.directories.folder.iterdir())


@pytest.fixture
def scene(checkout_template: list[SourceFile], tmp_path: Path) -> Scene:
    return Scene(compile_template(checkout_template, "t"), tmp_path)


def test_each_edge_gets_a_directory_and_again_there_is_nothing_to_do(scene: Scene) -> None:
    plan = scene.step().find()
    assert plan.changes == ("write config-edge0, config-edge1, config-edge2: not there yet",)
    assert scene.step().apply(plan) == "3 written, 0 kept, 0 removed"
    again = scene.step().find()
    assert (again.changes, again.unchanged) == ((), "3 directories up to date")
    assert scene.claimed == 1


def test_a_smaller_fleet_removes_what_is_surplus_and_leaves_the_others_alone(scene: Scene) -> None:
    scene.step().apply(scene.step().find())
    before = scene.directories.written(FLEET.edges)
    smaller = scene.step(replace(FLEET, size=2))
    plan = smaller.find()
    assert plan.changes == ("remove config-edge2",)
    assert smaller.apply(plan) == "0 written, 2 kept, 1 removed"
    assert scene.names() == ["config-edge0", "config-edge1"]
    assert scene.directories.written(FLEET.edges[:2]) == {name: before[name] for name in ("edge0", "edge1")}


def test_another_uri_makes_all_of_them_stale(scene: Scene) -> None:
    scene.step().apply(scene.step().find())
    assert len(replace(scene.step(), uri="ws://elsewhere:8081").find().details.stale) == 3


def test_of_directories_made_of_another_template_it_is_said_what_changes(
    scene: Scene, checkout_template: list[SourceFile]
) -> None:
    scene.step().apply(scene.step().find())
    names = "config-edge0, config-edge1, config-edge2"
    changed = [replace(one, text=one.text.replace("debugMode=", "debug=")) for one in checkout_template]
    changed = [one for one in changed if one.path.parts[:2] != ("Simulator", "NRCMeter")]
    scene.template = compile_template(changed, "t")
    [line] = scene.step().find().changes
    assert line.startswith(f"write {names}: made of another template, apikey or backend address; config-edge0: ")
    assert "removes Simulator/NRCMeter/Acting/" in line
    assert "(debug, debugMode)" in line
    scene.step().apply(scene.step().find())
    assert scene.step().find().changes == ()


def test_a_secret_is_never_part_of_what_differs(scene: Scene) -> None:
    scene.step().apply(scene.step().find())
    rotated = replace(FLEET, key_generation=1)
    [line] = scene.step(rotated).find().changes
    assert "Controller/Api/Backend/" in line
    assert "(apikey)" in line
    assert not [edge.apikey for fleet in (FLEET, rotated) for edge in fleet.edges if edge.apikey in line]


def test_new_keys_make_all_of_them_stale(scene: Scene) -> None:
    scene.step().apply(scene.step().find())
    assert len(scene.step(replace(FLEET, key_generation=1)).find().details.stale) == 3


def test_light_edges_need_no_directory_and_may_keep_one(scene: Scene) -> None:
    scene.step().apply(scene.step().find())
    assert scene.step(replace(FLEET, light=1)).find().changes == ()


def test_a_directory_that_is_not_ours_is_refused_before_anything_is_written(scene: Scene) -> None:
    foreign = scene.directories.folder / "config-edge1"
    foreign.mkdir()
    with pytest.raises(SettingsError, match="config-edge1, not made by edge-tasks") as refused:
        scene.step().find()
    assert "--adopt" in refused.value.hint
    assert scene.names() == ["config-edge1"]
    adopting = scene.step(adopt=True)
    adopting.apply(adopting.find())
    assert sorted(scene.directories.ours()) == ["config-edge0", "config-edge1", "config-edge2"]
    assert scene.adopted == {"config-edge1"}
    assert scene.step().find().changes == ()


def test_a_directory_of_somebody_elses_beyond_the_fleet_is_left_alone(scene: Scene) -> None:
    (scene.directories.folder / "config-edge7").mkdir()
    plan = scene.step().find()
    assert plan.details.surplus == ()
    scene.step().apply(plan)
    assert scene.adopted == set()


def test_what_is_left_out_of_the_template_is_named_when_something_is_written(scene: Scene) -> None:
    cycle = SourceFile(PurePosixPath("Core/Cycle.config"), 'id="_cycle"\nservice.pid="Core.Cycle"\n')
    backend = SourceFile(
        PurePosixPath("Controller/Api/Backend/a.config"),
        'id="c"\nservice.pid="Controller.Api.Backend.a"\nservice.factoryPid="Controller.Api.Backend"\n',
    )
    scene.template = compile_template([cycle, backend], "t")
    scene.step().apply(scene.step().find())
    assert "  left out, as each edge writes it by itself: Core/Cycle.config" in scene.output.lines


def test_force_writes_also_what_is_as_it_should_be(scene: Scene) -> None:
    scene.step().apply(scene.step().find())
    assert len(scene.step(force=True).find().details.stale) == 3


def test_what_an_interrupted_run_left_goes(scene: Scene) -> None:
    for name in (".config-edge1.new", ".config-edge2.old"):
        (scene.directories.folder / name).mkdir()
    scene.step().apply(scene.step().find())
    assert scene.names() == ["config-edge0", "config-edge1", "config-edge2"]


def test_progress_counts_what_is_written_and_what_is_removed(scene: Scene) -> None:
    scene.step().apply(scene.step().find())
    assert scene.output.done == [1, 2, 3]
    scene.output.done.clear()
    smaller = scene.step(replace(FLEET, size=1, key_generation=1))
    smaller.apply(smaller.find())
    assert scene.output.done == [1, 2, 3]


def test_a_directory_that_somebody_damaged_is_written_again(scene: Scene) -> None:
    scene.step().apply(scene.step().find())
    edge1, edge2 = FLEET.edges[1:]
    keyed = scene.directories.of(edge1) / scene.template.backend_path(edge1)
    keyed.write_text(keyed.read_text().replace(edge1.apikey, "A" * 20))
    renamed = next(scene.directories.of(edge2).glob("Simulator/**/*.config"))
    renamed.rename(renamed.with_name("another.config"))
    plan = scene.step().find()
    assert plan.details.stale == (edge1, edge2)
    place = renamed.relative_to(scene.directories.of(edge2))
    assert plan.changes == (
        "write config-edge1: with another apikey",
        f"write config-edge2: without {place}",
    )
    scene.step().apply(plan)
    assert edge1.apikey in keyed.read_text()
    assert renamed.exists()
    assert scene.step().find().changes == ()


def test_a_backend_controller_that_nobody_can_read_is_written_again(scene: Scene) -> None:
    scene.step().apply(scene.step().find())
    edge = FLEET.edges[0]
    keyed = scene.directories.of(edge) / scene.template.backend_path(edge)
    for text in ("apikey=\n", "", "\xff"):
        keyed.write_text(text, "latin-1")
        plan = scene.step().find()
        assert plan.details.stale == (edge,)
        scene.step().apply(plan)


def test_what_an_edge_itself_rewrites_or_adds_is_left_alone(scene: Scene) -> None:
    scene.step().apply(scene.step().find())
    directory = scene.directories.of(FLEET.edges[0])
    meter = next(directory.glob("Simulator/NRCMeter/Acting/*.config"))
    meter.write_text(meter.read_text() + 'alias="Household"\n')
    (directory / "Core").mkdir()
    (directory / "Core" / "Cycle.config").write_text('service.pid="Core.Cycle"\n')
    assert scene.step().find().changes == ()


def test_what_edges_have_changed_is_written_again_where_the_fleet_begins_anew(scene: Scene) -> None:
    scene.step().apply(scene.step().find())
    made = scene.directories.texts(FLEET.edges[0])
    directory = scene.directories.of(FLEET.edges[0])
    (directory / "Core").mkdir()
    (directory / "Core" / "Cycle.config").write_text('service.pid="Core.Cycle"\n')
    other = scene.directories.of(FLEET.edges[1])
    (next(other.glob("Simulator/NRCMeter/Acting/*.config"))).write_bytes(b"\xff")
    plan = scene.step(as_made=True).find()
    assert plan.changes == ("write config-edge0, config-edge1: changed since it was written",)
    scene.step(as_made=True).apply(plan)
    assert scene.directories.texts(FLEET.edges[0]) == made
    assert scene.step(as_made=True).find().changes == ()


def test_files_of_macos_are_said_to_be_ignored(scene: Scene) -> None:
    scene.template = replace(scene.template, ignored=(PurePosixPath("Core/._a.config"),))
    step = scene.step()
    step.apply(step.find())
    assert "  ignored, as macOS wrote it and no edge reads it: Core/._a.config" in scene.output.lines
