from __future__ import annotations

from edge_tasks.checkout import machine_findings


def test_too_many_edges_for_the_memory_are_refused_with_the_number_that_fits() -> None:
    gib = 2**30
    assert machine_findings.check_memory(10, "128m", 8 * gib, platform_runs=True) == []
    [found] = machine_findings.check_memory(100, "128m", 8 * gib, platform_runs=True)
    assert "add at most 41 edges" in found.change
    [found] = machine_findings.check_memory(100, "1g", gib, platform_runs=False)
    assert "add at most 0 edges" in found.change


def test_ports_and_disk_are_the_machines() -> None:
    [port] = machine_findings.check_ports({8081: "java, pid 7"}, {8081: "the backend"})
    assert str(port).startswith("port 8081: taken by java, pid 7, wanted for the backend")
    [moved] = machine_findings.check_ports({9081: "java, pid 7"}, {9081: "the backend"}, 1000)
    assert moved.change.endswith("--port-offset 2000")
    assert machine_findings.check_room(100, 2**30, "/p", with_database=True) == []
    [room] = machine_findings.check_room(1000, 2**20, "/p", with_database=True)
    assert room.what == "1 MiB are free, 334 MiB are needed"
    assert room.change.startswith(
        "free 333 MiB, or inv down, mv /p FOLDER on a larger disk, and from then on --p"
    )
    [fewer] = machine_findings.check_room(1000, 100 * 2**20, "/p", with_database=True)
    assert fewer.change.startswith("free 234 MiB, add at most 146 edges, or inv down")
    assert machine_findings.check_room(146, 100 * 2**20, "/p", with_database=True) == []
    [disk] = machine_findings.check_disk(2**20, "/var/lib/docker")
    assert "docker system prune" in disk.change
    assert "free 1023 MiB" in disk.change
    assert {port.kind, disk.kind} == {"machine"}


def test_metrics_on_a_port_of_the_fleet_are_refused_by_what_it_is_for_with_one_that_is_free() -> None:
    own = {31075: "the backend's B2B REST", 32464: "something else"}
    assert machine_findings.check_metrics_port(0, own) == []
    assert machine_findings.check_metrics_port(31076, own) == []
    [found] = machine_findings.check_metrics_port(31075, own, 23000)
    assert found.is_error
    assert (
        found.what
        == "port 31075 is wanted for metrics of the edges and for the backend's B2B REST at the same time"
    )
    assert found.change == "choose another: --metrics-port 9465"


def test_too_few_open_files_are_said_with_the_command_that_allows_more() -> None:
    assert machine_findings.check_open_files(900, 1024) == []
    [found] = machine_findings.check_open_files(10_000, 1024)
    assert found.is_error
    assert found.kind == "machine"
    assert "10100 open files, but 1024 are allowed" in found.what
    assert found.change.startswith("take at most 924 edges, or sudo prlimit --pid $$ --nofile=10100:10100")
    [none] = machine_findings.check_open_files(10_000, 100)
    assert none.change.startswith("sudo prlimit")


def test_ports_of_another_fleet_of_ours_are_one_finding_with_the_command_that_frees_them() -> None:
    taken = dict.fromkeys((8081, 8075, 15432), "python3, pid 7")
    platforms = {8081: "/a b", 8075: "/a b"}
    [fleet, other] = machine_findings.check_ports(taken, taken, 100, platforms)
    assert fleet.what == "the fleet in /a b has 2 ports that this one needs"
    assert fleet.where == "port 8075, 8081"
    assert fleet.change == "inv down --platform '/a b', or move all ports: --port-offset 1100"
    assert other.where == "port 15432"
    assert fleet.kind == "machine"
