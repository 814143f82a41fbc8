from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

import pytest

from edge_tasks.checkout.edge_findings import check_override
from edge_tasks.checkout.fault import PlatformFault
from edge_tasks.checkout.findings import Finding
from edge_tasks.checkout.layouts import Platform
from edge_tasks.checkout.override import MARK
from edge_tasks.errors import MissingTool, SettingsError
from edge_tasks.fleet.directories import Directories
from edge_tasks.fleet.saved import Saved, State
from edge_tasks.plan import Plan
from edge_tasks.runtimes.plans import ImagesToMake, Override
from edge_tasks.steps.build import Build
from edge_tasks.steps.compose import Compose
from edge_tasks.steps.doctor import Doctor, refusal_of
from edge_tasks.steps.down import Down
from edge_tasks.steps.odoo_init import modules_loaded
from edge_tasks.steps.restart import Restart
from tests.unit.steps.neighbours import FLEET, Backend, Host, Lines

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from edge_tasks.runtimes.address import Address
    from edge_tasks.steps.past_purge import PastPurge


@dataclass
class Services:
    """Everything that runs, as the steps need it."""

    findings: tuple[Finding, ...] = ()
    text: str = f"{MARK}\nservices: {{}}\n"
    companions: dict[Path, str] = field(default_factory=dict)
    stopped: tuple[str, ...] = ("backend",)
    stands_for: str = "nothing"

    def examine(self) -> tuple[Finding, ...]:
        return self.findings

    def running(self) -> tuple[str, ...]:
        return self.stopped

    def addresses(self) -> tuple[Address, ...]:
        return ()

    def override(self) -> Override:
        return Override(self.text, self.companions)

    def show_logs(self, edges: Sequence[str], service: str, *, follow: bool) -> None:
        raise NotImplementedError

    def stop(self, *, is_final: bool = False) -> tuple[str, ...]:  # noqa: ARG002 - as the protocol has it
        found, self.stopped = self.stopped, ()
        return found

    def purge(self) -> str:
        return "the database"


@dataclass
class Correction:
    lines: tuple[str, ...] = ("write a corrected copy",)

    def find(self) -> tuple[str, ...]:
        return self.lines

    def write(self) -> None:
        self.lines = ()


def finding(**other: Any) -> Finding:
    facts: dict[str, Any] = {
        "fault": PlatformFault.PORT_TAKEN,
        "what": "a port is taken",
        "where": "8081",
        "change": "stop its owner",
    }
    return Finding(**{**facts, **other})


def test_a_doctor_that_finds_nothing_says_what_is_fit() -> None:
    plan = Doctor(Services(), None).find()
    assert (plan.changes, plan.unchanged, plan.refusal) == ((), "machine and platform are ready", None)


def test_a_remark_stops_nothing() -> None:
    remark = finding(is_error=False)
    plan = Doctor(Services((remark,)), None).find()
    assert plan.refusal is None
    assert plan.remarks == (str(remark),)
    assert plan.unchanged == "machine and platform are ready, 1 remark"


def test_an_error_of_the_machine_and_one_of_the_platform_end_differently() -> None:
    of_machine = finding(kind="machine")
    of_platform = finding(kind="wiring")
    assert isinstance(Doctor(Services((of_machine,)), None).find().refusal, MissingTool)
    refusal = Doctor(Services((of_machine, of_platform)), None).find().refusal
    assert isinstance(refusal, SettingsError)
    assert "the platform cannot run this fleet: 2 findings" in refusal.message


def test_an_option_that_cannot_be_used_is_no_file_to_be_changed() -> None:
    refusal = Doctor(Services((finding(kind="option"), finding(kind="machine"))), None).find().refusal
    assert isinstance(refusal, SettingsError)
    assert refusal.hint == "do what each finding says"


def test_the_hint_leaves_it_to_each_finding_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "docker-compose.override.yml"
    refusal = refusal_of(check_override("services: {}\n", path), with_copy=False)
    assert "choose another name with --override-file" in refusal.message
    assert refusal.hint == "do what each finding says"
    correctable = finding(fixes=(("pgHost", "db"),))
    assert (
        refusal_of([correctable, finding()], with_copy=False).hint
        == "inv doctor --fix, or do what each finding says"
    )


def test_all_findings_are_in_the_document_of_who_asked_for_them() -> None:
    services = Services((finding(), finding(is_error=False)))
    assert Doctor(services, None).find().found == {}
    found: Any = Doctor(services, None, is_asked=True).find().found["findings"]
    assert [(entry["what"], entry["error"]) for entry in found] == [
        ("a port is taken", True),
        ("a port is taken", False),
    ]


def test_a_correction_is_written_as_it_was_planned() -> None:
    correction = Correction()
    step = Doctor(Services(), correction)
    plan = step.find()
    assert plan.changes == ("write a corrected copy",)
    step.apply(plan)
    assert step.find().changes == ()


def test_the_override_is_written_and_then_left_alone(tmp_path: Path) -> None:
    secret = tmp_path / "edge.env"
    services = Services(companions={secret: "KEY=1\n"})
    step = Compose(tmp_path / "docker-compose.override.yml", services, FLEET.edges)
    plan = step.find()
    assert plan.changes == (
        "write docker-compose.override.yml: not there yet",
        "write edge.env: not there yet",
    )
    assert step.apply(plan) == "docker-compose.override.yml, 3 services"
    assert step.path.read_text() == services.text
    assert (secret.stat().st_mode & 0o777, step.path.stat().st_mode & 0o777) == (0o600, 0o644)
    assert step.find().changes == ()
    services.companions[secret] = "KEY=2\n"
    assert step.find().changes == ("write edge.env: other values",)


@pytest.mark.parametrize(
    ("services", "said"),
    [
        ("{a: {image: x}, b: {image: y}}", "adds b"),
        ("{a: {image: y}}", "changes a"),
        ("{b: {image: x}}", "adds b, removes a"),
        ("{a: {image: x}} # again", "the same services, written differently"),
    ],
)
def test_of_an_override_it_is_said_which_services_differ(services: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "o.yml"
    path.write_text(f"{MARK}\nservices: {{a: {{image: x}}}}\n")
    step = Compose(path, Services(text=f"{MARK}\nservices: {services}\n"), FLEET.edges)
    assert step.find().changes == (f"write o.yml: {said}",)


def test_an_override_of_somebody_elses_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "docker-compose.override.yml"
    path.write_text("services: {}\n")
    with pytest.raises(SettingsError, match="was not made by edge-tasks") as refused:
        Compose(path, Services(), FLEET.edges).find()
    assert "--override-file" in refused.value.hint
    assert path.read_text() == "services: {}\n"


def test_an_override_with_another_programs_edges_is_refused_with_the_commands_that_take_them_away(
    tmp_path: Path,
) -> None:
    path = tmp_path / "docker-compose.override.yml"
    path.write_text("services: {openems-edge-0: {image: e}}\n")
    with pytest.raises(SettingsError, match="openems-edge-0 were not made by edge-tasks") as refused:
        Compose(path, Services(), FLEET.edges).find()
    assert "docker compose down" in refused.value.hint
    assert "--override-file" not in refused.value.hint


def test_edges_beyond_the_last_host_port_are_counted(tmp_path: Path) -> None:
    step = Compose(tmp_path / "o.yml", Services(), (replace(FLEET.edges[0], ports=None), *FLEET.edges[1:]))
    assert step.apply(step.find()) == "o.yml, 3 services, 1 of them without host ports (no more are free)"


@dataclass
class Images:
    made: list[ImagesToMake] = field(default_factory=list)

    def find(self) -> Plan[ImagesToMake]:
        return Plan((), "2 images", ImagesToMake()) if self.made else Plan(("build a",), "", ImagesToMake())

    def make(self, plan: Plan[ImagesToMake]) -> str:
        self.made.append(plan.details)
        return "1 image built"


def test_images_are_made_as_planned_and_where_there_are_none_it_is_said_what_runs() -> None:
    step = Build(Images(), "real", Lines())
    assert step.apply(step.find()) == "1 image built"
    assert step.find().changes == ()
    assert Build(None, "stand-ins", Lines()).find() == Plan((), "stand-ins", None)


@pytest.mark.parametrize(
    ("line", "found"),
    [("odoo.modules.loading: Loading module base (1/17)", (1, 17)), ("odoo: Odoo version 16.0", None)],
)
def test_odoo_counts_its_modules(line: str, found: tuple[int, int] | None) -> None:
    assert modules_loaded(line) == found


def down(folder: Path, services: Services | None) -> Down:
    state = State(folder)
    state.folder.mkdir()
    state.save(Saved(FLEET, "embedded", "o.yml"))
    platform = Platform(folder, bundled=False)
    return Down(services, state, Directories(folder), folder / "o.yml", platform, Lines())


def test_stopping_forgets_that_the_fleet_is_up_and_keeps_the_rest(tmp_path: Path) -> None:
    step = down(tmp_path, Services())
    step.state.record.note(up="mark", paused=True, volumes=["v"])
    step.stop()
    assert step.state.record.entries() == {"volumes": ["v"]}
    assert isinstance(step.output, Lines)
    assert (step.output.lines, step.output.found) == (["stopped: backend"], {"stopped": ["backend"]})
    step.stop()
    assert step.output.lines[-1] == "stopped: nothing was running"


def test_a_purge_also_removes_what_the_fleet_left_where_it_was_before(tmp_path: Path) -> None:
    class Former(Services):
        def purge(self) -> str:
            return "the database there"

    step = replace(down(tmp_path, Services()), former=(Former(),))
    step.purge()
    assert isinstance(step.output, Lines)
    assert "the database there, the database" in step.output.lines[-1]


def test_a_purge_removes_what_is_ours_and_nothing_else(tmp_path: Path) -> None:
    step = down(tmp_path, Services())
    step.directories.write(FLEET.edges[0], {}, "digest")
    (tmp_path / "config-edge1").mkdir()
    step.override.write_text(Services().text)
    step.purge()
    assert [path.name for path in tmp_path.iterdir()] == ["config-edge1"]
    assert isinstance(step.output, Lines)
    assert "1 config directory, the override, the database" in step.output.lines[-1]


def test_a_purge_says_only_what_it_has_removed(tmp_path: Path) -> None:
    step = down(tmp_path, Services())
    step.override.write_text("services: {}\n")
    step.purge()
    assert step.override.exists()
    assert isinstance(step.output, Lines)
    assert step.output.lines[-1] == "removed: the database, the saved fleet"


def test_a_purge_takes_the_pasts_along_before_it_removes_anything_else(tmp_path: Path) -> None:
    did: list[str] = []

    class Pasts:
        def run(self) -> list[str]:
            did.append("pasts")
            return ["removed from the InfluxDB"]

    class Kept(Services):
        def purge(self) -> str:
            did.append("services")
            return ""

    step = replace(down(tmp_path, Kept()), pasts=cast("PastPurge", Pasts()))
    step.purge()
    assert isinstance(step.output, Lines)
    assert (step.output.lines[-1], did) == ("removed from the InfluxDB", ["pasts", "services"])


def test_a_purge_leaves_an_override_that_is_not_ours(tmp_path: Path) -> None:
    step = down(tmp_path, None)
    step.override.write_text("services: {}\n")
    step.purge()
    assert step.override.exists()
    assert not step.state.folder.exists()


def test_a_light_edge_and_one_without_a_directory_are_not_restarted(tmp_path: Path) -> None:
    fleet = replace(FLEET, light=1)
    host = Host(fleet, Backend().status)
    with pytest.raises(SettingsError, match="edge2 is a light edge"):
        Restart([fleet.edge(2)], fleet, Directories(tmp_path), host, lambda: ("edges",), Lines()).run()
    with pytest.raises(SettingsError, match="edge0 has no config directory"):
        Restart([fleet.edge(0)], fleet, Directories(tmp_path), host, lambda: ("edges",), Lines()).run()
