from __future__ import annotations

import re
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from tests.billing_client import BillingClient
from tests.e2e_docker.test_catalogue import BACKEND, read_again
from tests.e2e_docker.test_light_edges import drops_nothing
from tests.e2e_swarm.conftest import METRICS_PORT, OFFSET
from tests.e2e_swarm.task_logs import Shift, overlapping, shifts
from tests.inv import finished
from tests.metrics import scraped
from tests.waiting import await_that

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

NAMES = [f"edge{index}" for index in range(9)]
PRODUCED = "_sum/ProductionActiveEnergy"
DRAINED, KILLED = "et-swarm-1", "et-swarm-2"
CUT_OFF = DRAINED
MOMENTS_WH = 10
"""5 kW are 1.4 Wh a second, and edges that have just come have not sent all of it yet."""


def tasks(fleet: Any) -> dict[str, str]:
    """Task → its node, of those that run."""
    [service] = fleet.docker("service", "ls", "--format", "{{.Name}}").split()
    form = "{{.ID}} {{.Node}} {{.CurrentState}}"
    shown = ("service", "ps", "--no-trunc", "--filter", "desired-state=running", "--format", form)
    said = fleet.docker(*shown, service)
    return {line.split()[0]: line.split()[1] for line in said.splitlines() if line.split()[2] == "Running"}


def nodes_of(document: dict[str, Any]) -> dict[str, str]:
    return {edge["name"]: edge.get("node", "") for edge in document["edges"]}


def where(fleet: Any) -> dict[str, str]:
    return nodes_of(fleet.document("status", "--json"))


def reasons(fleet: Any) -> dict[str, str]:
    """Why edges are not online, by their names."""
    document = fleet.document("status", "--json")
    return {edge["name"]: edge["why"] for edge in document["edges"] if edge["state"] != "online"}


def client_of(fleet: Any) -> BillingClient:
    return BillingClient(f"http://127.0.0.1:{fleet.port(BACKEND, 8075)}", "admin:odoo admin")


def produced(fleet: Any) -> dict[str, float]:
    """What each edge has produced so far, in Wh, once the backend has heard it of all."""
    client = client_of(fleet)
    found: dict[str, Any] = {}

    def all_are_known() -> bool:
        found.update((name, values[PRODUCED]) for name, values in client.values(NAMES, [PRODUCED]).items())
        return all(found.values())  # neither null, as right after an edge has connected, nor 0, as at first

    await_that(all_are_known, within_s=60, every_s=0.5)
    return {name: float(value) for name, value in found.items()}


def fallen(before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    """What has become less, by the names of the edges."""
    return {name: after[name] - before[name] for name in NAMES if after[name] < before[name]}


def apart(before: dict[str, float], after: dict[str, float]) -> float:
    """How much more one edge has produced meanwhile than another one, in Wh."""
    more = [after[name] - before[name] for name in NAMES]
    return max(more) - min(more)


def connected(node: str) -> float:
    """How many edges of a node are connected, as the metrics say."""
    return scraped(OFFSET + METRICS_PORT).get(f'edge_tasks_light_edges{{node="{node}",state="connected"}}', 0)


@contextmanager
def paused(fleet: Any, nodes: Sequence[str]) -> Iterator[None]:
    """Nodes that take no new tasks meanwhile, so that a task that has lost its node waits."""
    try:
        for node in nodes:
            fleet.docker("node", "update", "--availability", "pause", node)
        yield
    finally:
        for node in nodes:
            fleet.docker("node", "update", "--availability", "active", node)


@contextmanager
def drained(fleet: Any, node: str) -> Iterator[None]:
    """A node that takes no tasks meanwhile, once others have those that it had."""
    fleet.docker("node", "update", "--availability", "drain", node)
    try:
        await_that(lambda: not {node, ""} & set(where(fleet).values()), within_s=60, every_s=1)
        yield
    finally:
        fleet.docker("node", "update", "--availability", "active", node)


@contextmanager
def cut_off(engines: Any, number: str) -> Iterator[None]:
    """A node that the network does not reach meanwhile."""
    engines.do("cut", number)
    try:
        yield
    finally:
        engines.do("mend", number)


@contextmanager
def switched_off(engines: Any, number: str) -> Iterator[None]:
    """A node whose engine has ended meanwhile, with all that it ran."""
    engines.do("kill", number)
    try:
        yield
    finally:
        engines.do("start", number)


def await_ready(engines: Any, *nodes: str) -> None:
    """Wait until the manager has heard of these nodes again."""
    await_that(lambda: {engines.nodes()[node] for node in nodes} == {"Ready"}, within_s=120, every_s=0.5)


def await_reason(fleet: Any, node: str, lost: Sequence[str]) -> None:
    """Wait until these edges, and no others, are not online, because of this node."""
    why = f"node {node} is down, and no other takes its task: no suitable node"

    def they_are_named() -> bool:
        found = reasons(fleet)
        return set(found) == set(lost) and all(one.startswith(why) for one in found.values())

    await_that(they_are_named, within_s=150, every_s=1)


def await_gone_on(fleet: Any, before: dict[str, float]) -> None:
    """Wait until all edges have produced the same since then, and none has ever told less than before.

    The backend ends all connections for that. Of an edge whose machine has gone it would tell the last values
    that came over the dead one, for up to three minutes.
    """
    read_again(fleet)
    assert "9 online" in fleet.inv("verify", "--timeout", "90")

    def all_have() -> bool:
        now = produced(fleet)
        assert fallen(before, now) == {}
        return apart(before, now) <= MOMENTS_WH

    await_that(all_have, within_s=60, every_s=1)


def logged(fleet: Any) -> list[Shift]:
    """Which task has run which part, as all of them say, once all nodes tell their logs."""
    [service] = fleet.docker("service", "ls", "--format", "{{.Name}}").split()
    found: list[Shift] = []

    def all_nodes_tell() -> bool:
        done = finished(["docker", "service", "logs", "--no-trunc", service])  # on standard error
        found[:] = shifts(done.stdout)
        return done.returncode == 0  # not while a node that has come back is not asked yet

    await_that(all_nodes_tell, within_s=120, every_s=1)
    return found


def run_twice(fleet: Any) -> list[tuple[Shift, Shift]]:
    """Two tasks that have run a part at the same time; one that was killed has not said when it ended."""
    found, running = logged(fleet), tasks(fleet)
    return overlapping([one for one in found if one.end or one.task in running])


def test_edges_run_on_all_nodes_and_a_fleet_that_grows_or_shrinks_touches_no_task(fleet: Any) -> None:
    document = fleet.document("status", "--json")
    assert [edge["state"] for edge in document["edges"]] == ["online"] * 9
    assert len(set(nodes_of(document).values())) == 3
    before = tasks(fleet)
    assert set(before.values()) == set(nodes_of(document).values())
    assert fleet.inv("setup").count("nothing to do") == 7
    assert "12 online" in fleet.inv("setup", "--light-edges", "12")
    assert "9 online" in fleet.inv("setup", "--light-edges", "9")
    assert tasks(fleet) == before
    assert "runs part 0" in fleet.inv("logs", "--edge", "0")


def test_new_keys_metrics_and_the_report_need_no_other_tasks_and_know_the_nodes(
    fleet: Any, tmp_path: Path
) -> None:
    before, nodes = tasks(fleet), where(fleet)
    assert "9 online" in fleet.inv("rotate-keys")
    await_that(lambda: {connected(node) for node in nodes.values()} == {3}, within_s=30, every_s=0.5)
    report = tmp_path / "report.html"
    fleet.inv("report", "--seconds", "1", "--output", str(report))
    assert {name: report.read_text().count(f"<td>{name}</td>") for name in set(nodes.values())} == dict.fromkeys(
        nodes.values(), 3
    )
    assert (tasks(fleet), where(fleet)) == (before, nodes)


def test_a_past_is_written_and_everything_begins_anew(fleet: Any) -> None:
    begin = f"{datetime.now(timezone.utc) - timedelta(days=1):%Y-%m-%d}"
    await_that(lambda: drops_nothing(fleet, fleet.containers()[BACKEND]), within_s=120, every_s=1)
    # Through the backend, so that the stand-in answers about it, too. Edges with a directory that another module
    # had under the same names have sent points some minutes ago.
    how = ("--every", "1h", "--through-backend", "--adopt")
    assert "points of 9 edges in the InfluxDB" in fleet.inv("backfill", "--from", begin, *how)
    assert re.search(r"[1-9]\d* energies as expected, says the backend", fleet.inv("verify", "--energy"))
    # 5 kW for a day and more
    await_that(lambda: min(produced(fleet).values()) > 24_000, within_s=60, every_s=1)
    assert len(set(where(fleet).values())) == 3
    assert "9 online" in fleet.inv("reset", "--yes")
    await_that(lambda: max(produced(fleet).values()) < 24_000, within_s=60, every_s=1)


def test_edges_of_a_drained_node_go_on_elsewhere_where_they_were(engines: Any, fleet: Any) -> None:
    assert DRAINED in engines.nodes()
    before = produced(fleet)
    with drained(fleet, DRAINED):
        assert "9 online" in fleet.inv("verify", "--timeout", "60")
        assert fallen(before, produced(fleet)) == {}
        await_that(lambda: apart(before, produced(fleet)) <= MOMENTS_WH, within_s=60, every_s=1)


def test_edges_of_a_node_that_is_gone_are_named_with_it_and_come_back_elsewhere(engines: Any, fleet: Any) -> None:
    before, lost = produced(fleet), [name for name, node in where(fleet).items() if node == KILLED]
    assert lost
    others = [node for node in engines.nodes() if node != KILLED]
    with ExitStack() as undone:
        with paused(fleet, others):
            undone.enter_context(switched_off(engines, "2"))
            await_reason(fleet, KILLED, lost)
        assert "9 online" in fleet.inv("verify", "--timeout", "90")
        assert KILLED not in where(fleet).values()
        await_gone_on(fleet, before)
    await_ready(engines, KILLED)
    assert len(tasks(fleet)) == 3


def containers(engines: Any) -> list[str]:
    return [*engines.containers("1"), *engines.containers("2")]


def left_of_the_job(fleet: Any) -> str:
    """What is there only while nodes are given an image, by its ids."""
    listed = (("ps", "--all"), ("service", "ls"), ("secret", "ls"))
    ids = [fleet.docker(*command, "--quiet", "--filter", "label=edge-tasks.image") for command in listed]
    return "".join(ids)


def own_tasks(fleet: Any) -> dict[str, str]:
    """Edge with a directory → the id of its task that is to run."""
    services = fleet.docker("service", "ls", "--format", "{{.Name}}", "--filter", "label=edge-tasks.spec").split()
    found = {name.rpartition("-")[2]: name for name in services if "openems-edge-" in name}
    shown = ("service", "ps", "--quiet", "--filter", "desired-state=running")
    return {f"edge{index}": fleet.docker(*shown, name) for index, name in sorted(found.items())}


def test_edges_with_a_directory_are_services_on_nodes_that_the_manager_gives_their_image(
    engines: Any, fleet: Any
) -> None:
    image, lacking, counts = "openems-edge:swarmed", KILLED, ("--edges", "3", "--light-edges", "6")
    fleet.inv("build", *counts)
    engines.load(image, "1")
    said = fleet.inv("setup", *counts, "--image-registry", "none", code=4)
    assert f"{lacking} lacks the image {image}" in said
    assert f"docker save {image} | ssh {lacking} docker load" in said
    assert "give the edges' image to et-swarm-" in fleet.inv("plan", "--image-registry", "manager")
    said = fleet.inv("setup", "--image-registry", "manager")
    assert f"have {image}, 2 of 2 nodes" in said or f"has {image}, 2 of 2 nodes" in said
    assert "9 online" in said
    assert len({where(fleet)[f"edge{index}"] for index in range(3)}) >= 2
    assert left_of_the_job(fleet) == ""
    # The nodes remove the containers of its tasks a little later.
    await_that(lambda: not any("-image." in name for name in containers(engines)), within_s=60, every_s=1)

    before = own_tasks(fleet)
    assert fleet.inv("setup").count("nothing to do") == 7
    assert own_tasks(fleet) == before
    assert "edge1 restarted; edges: 1 restarted" in fleet.inv("restart", "--edge", "1")
    after = own_tasks(fleet)
    assert [name for name in before if after[name] != before[name]] == ["edge1"]
    assert "edge: connected" in fleet.inv("logs", "--edge", "1")


def test_an_edge_that_no_node_may_have_says_so_and_a_smaller_fleet_leaves_nothing_of_it(fleet: Any) -> None:
    services = fleet.docker("service", "ls", "--format", "{{.Name}}").split()
    [service] = [name for name in services if name.endswith("_openems-edge-2")]
    change = ("service", "update", "--quiet", "--detach")
    fleet.docker(*change, "--constraint-add", "node.labels.edges==yes", service)
    why = "its task waits for a node: no suitable node (scheduling constraints not satisfied on 3 nodes)"
    await_that(lambda: reasons(fleet).get("edge2") == why, within_s=60, every_s=1)
    assert "9 online" in fleet.inv("setup", "--edges", "0", "--light-edges", "9")
    assert own_tasks(fleet) == {}
    assert fleet.docker("secret", "ls", "--quiet", "--filter", "label=edge-tasks.edge") == ""


def test_a_node_that_is_cut_off_has_ended_its_edges_before_others_begin_with_them(
    engines: Any, fleet: Any
) -> None:
    before, lost = produced(fleet), [name for name, node in where(fleet).items() if node == CUT_OFF]
    there = {task for task, node in tasks(fleet).items() if node == CUT_OFF}
    assert lost
    assert there
    others = [node for node in engines.nodes() if node != CUT_OFF]
    with ExitStack() as undone:
        with paused(fleet, others):
            undone.enter_context(cut_off(engines, "1"))
            await_reason(fleet, CUT_OFF, lost)
        assert "9 online" in fleet.inv("verify", "--timeout", "90")
        assert CUT_OFF not in where(fleet).values()
    await_ready(engines, CUT_OFF)
    found = logged(fleet)
    assert there <= {one.task for one in found if one.end}
    assert not there & {one.task for one in found if not one.end}
    assert run_twice(fleet) == []
    await_gone_on(fleet, before)
    with drained(fleet, KILLED):
        assert CUT_OFF in where(fleet).values(), "it is used again, as it had the fewest tasks"


def test_after_the_manager_was_started_again_the_edges_go_on_where_they_were(engines: Any, fleet: Any) -> None:
    before = produced(fleet)
    engines.restart_manager()
    await_ready(engines, *engines.nodes())
    assert "9 online" in fleet.inv("up", "verify", "--timeout", "150")
    await_that(lambda: len(tasks(fleet)) == 3, within_s=60, every_s=0.5)
    assert fallen(before, produced(fleet)) == {}
    await_that(lambda: apart(before, produced(fleet)) <= MOMENTS_WH, within_s=60, every_s=1)
    assert run_twice(fleet) == []


def test_a_purge_leaves_nothing_in_the_swarm(fleet: Any) -> None:
    fleet.inv("down", "--purge")
    for kind in ("service", "secret", "network"):
        assert fleet.docker(kind, "ls", "--filter", "label=edge-tasks.fleet", "--quiet") == ""
    assert fleet.git("status", "--short", "--ignored") == ""


def test_a_fleet_whose_swarm_was_left_says_what_ends_it_and_that_leaves_nothing(fleet: Any) -> None:
    fleet.inv("setup", "--edges", "0", "--light-edges", "1")
    fleet.docker("swarm", "leave", "--force")
    said = fleet.inv("status", code=3)
    assert "this Docker Engine is in no Swarm" in said
    assert "inv down, if the fleet was not ended before" in said
    fleet.inv("down")
    assert fleet.containers() == {}
    fleet.inv("down", "--purge")
    assert fleet.git("status", "--short", "--ignored") == ""
