from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
import tarfile
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.adapters.containers import Image
from edge_tasks.adapters.swarm import Node
from edge_tasks.adapters.swarm_stack import StackService, StackTask
from edge_tasks.checkout.machine_findings import memory_of_edge
from edge_tasks.cli.options import SETTINGS
from edge_tasks.errors import CommandFailed, SettingsError
from edge_tasks.fleet.directories import STAMP, Directories, Written
from edge_tasks.fleet.identity import Fleet
from edge_tasks.runtimes.swarm import edge_package
from edge_tasks.runtimes.swarm.edge_reasons import (
    Needs,
    hint_absent,
    process_of,
    running_task,
    why_absent,
    why_again,
)
from edge_tasks.runtimes.swarm.edge_service import (
    WRITTEN,
    EdgeKind,
    EdgeToDeploy,
    compare,
    is_taken_over,
    words_of,
)
from edge_tasks.runtimes.swarm.light_service import SPEC
from edge_tasks.runtimes.swarm.shipping import Shipping, name_in, repository_of, to_load

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from edge_tasks.adapters.docker import Docker
    from edge_tasks.proof.protocol import EdgeProcess

EDGES = Fleet("0193", bytes(32), size=3).edges
WRITTEN_AS = {edge.name: Written("digest", 100.0) for edge in EDGES}
KIND = EdgeKind(
    network="edge-tasks-1",
    label="edge-tasks.fleet=0193",
    image="sha256:1 none",
    words=("java", "-jar", "/opt/edge.jar"),
    target="/etc/openems.d",
    user="1000:1000",
    environment={"WORD": "pa$$word"},
    options={
        "extra_hosts": ["a=10.0.0.1"],
        "tmpfs": ["/cache:size=1m"],
        "cpus": 0.5,
        "privileged": True,
        "working_dir": "/$${HOME}",
    },
    memory="400m",
    reserved=memory_of_edge("128m"),
    constraints=("node.platform.arch==x86_64",),
)
ONE = EdgeToDeploy("openems-edge-0", "edge-tasks-1-edge0-abc", "digest-100.0")


def deployed(kind: EdgeKind = KIND) -> dict[str, Any]:
    """The service of one edge, as the Swarm understands the file."""
    document = json.loads(kind.document("sha256:1", [ONE]).replace("$$", "$"))
    found: dict[str, Any] = document["services"]["openems-edge-0"]
    return found


def service(index: int, **changed: Any) -> StackService:
    edge = EDGES[index]
    labels = {WRITTEN: str(WRITTEN_AS[edge.name])}
    return replace(StackService(edge.service, {SPEC: "spec"}, labels, 1), **changed)


def names(edges: Any) -> list[str]:
    return [edge.name for edge in edges]


def test_a_node_gives_an_edge_the_memory_that_it_needs_and_no_more_than_its_limit() -> None:
    resources = deployed()["deploy"]["resources"]
    assert resources == {
        "limits": {"memory": "400m", "cpus": "0.5"},
        "reservations": {"memory": f"{198 * 2**20}b"},
    }


def test_an_edge_has_its_directory_in_memory_and_begins_with_what_its_image_runs() -> None:
    found = deployed()
    memory = {"type": "tmpfs", "target": "/etc/openems.d", "tmpfs": {"size": 32 * 2**20}}
    assert found["volumes"] == [memory, {"type": "tmpfs", "target": "/cache"}]
    assert found["secrets"] == [{"source": "openems-edge-0", "target": edge_package.FILE, "mode": 0o444}]
    assert found["entrypoint"][:2] == ["sh", "-c"]
    assert found["entrypoint"][3:] == ["/etc/openems.d", "java", "-jar", "/opt/edge.jar"]


def test_what_a_swarm_cannot_do_is_left_out_and_what_it_can_is_taken_over() -> None:
    found = deployed()
    assert "privileged" not in found
    assert (found["extra_hosts"], found["working_dir"]) == (["a:10.0.0.1"], "/${HOME}")
    assert found["environment"] == {"WORD": "pa$$word"}
    assert [key for key, value in KIND.options.items() if not is_taken_over(key, value)] == ["privileged"]


@pytest.mark.parametrize(
    ("key", "value", "is_so"),
    [("restart", "always", True), ("restart", "no", False), ("network_mode", "service:vpn", False)],
)
def test_what_no_task_does_is_known_as_left_out(key: str, value: str, *, is_so: bool) -> None:
    assert is_taken_over(key, value) is is_so


def test_a_dollar_is_no_variable_of_the_file() -> None:
    document = KIND.document("image", [ONE])
    assert '"pa$$$$word"' in document
    assert '"/$${HOME}"' in document


def test_every_letter_of_a_value_reaches_an_edge() -> None:
    assert "😀" in replace(KIND, environment={"WORD": "😀"}).document("image", [ONE])


def test_an_edge_that_has_lost_the_backend_is_not_ended_by_a_health_check() -> None:
    assert deployed()["healthcheck"] == {"disable": True}


@pytest.mark.parametrize(
    "other",
    [
        replace(KIND, image="sha256:2 none"),
        replace(KIND, image="sha256:1 registry:5000"),
        replace(KIND, memory="500m"),
        replace(KIND, environment={}),
        replace(KIND, constraints=()),
    ],
)
def test_what_all_edges_have_in_common_makes_all_of_them_anew(other: EdgeKind) -> None:
    assert other.spec != KIND.spec


def test_a_changed_directory_makes_only_its_own_edge_anew() -> None:
    found = [service(0), service(1, task_labels={WRITTEN: "digest-99.0"}), service(2)]
    difference = compare(found, EDGES, "spec", WRITTEN_AS)
    assert (names(difference.make), names(difference.restart)) == ([], ["edge1"])
    assert names(difference.others) == ["edge0", "edge2"]


def test_edges_without_a_service_or_with_another_are_made_and_others_go() -> None:
    unknown = replace(service(2), name="openems-edge-7")
    found = [service(0, labels={SPEC: "other"}), service(1, replicas=0), unknown]
    difference = compare(found, EDGES, "spec", WRITTEN_AS)
    assert names(difference.make) == ["edge0", "edge1", "edge2"]
    assert [one.name for one in difference.surplus] == ["openems-edge-7"]


@given(st.lists(st.sampled_from(["none", "other", "old", "same"]), min_size=3, max_size=3))
def test_every_edge_is_made_restarted_or_left_alone(states: list[str]) -> None:
    as_it_is: dict[str, Callable[[int], StackService]] = {
        "other": lambda index: service(index, labels={}),
        "old": lambda index: service(index, task_labels={}),
        "same": service,
    }
    found = [as_it_is[state](index) for index, state in enumerate(states) if state != "none"]
    difference = compare(found, EDGES, "spec", WRITTEN_AS)
    assert sorted(names((*difference.make, *difference.restart, *difference.others))) == names(EDGES)
    assert difference.surplus == ()


@pytest.mark.parametrize(
    ("own", "words"),
    [
        ({}, ("/init", "run")),
        ({"command": ["other", "$$X"]}, ("/init", "other", "$X")),
        ({"entrypoint": None}, ("/init", "run")),
        ({"entrypoint": []}, ("run",)),
        ({"entrypoint": [], "command": ["x"]}, ("x",)),
        ({"entrypoint": ["java"]}, ("java",)),
        ({"entrypoint": ["java"], "command": ["-jar"]}, ("java", "-jar")),
    ],
)
def test_an_edge_runs_what_it_would_run_without_us(own: Any, words: tuple[str, ...]) -> None:
    assert words_of(own, Image(words=("/init", "run"), entrypoint=("/init",))) == words


def test_the_same_directory_is_the_same_secret_whenever_it_was_written(tmp_path: Path) -> None:
    files = {"A.config": 'a="1"\n', "B/b.config": "b\n"}
    for folder in ("one", "two"):
        for path, text in files.items():
            (tmp_path / folder / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / folder / path).write_text(text)
        (tmp_path / folder / STAMP).write_text(folder)
    os.utime(tmp_path / "one" / "A.config", (1, 1))
    one, two = (edge_package.packed(tmp_path / folder) for folder in ("one", "two"))
    assert one == two
    assert edge_package.name_of("f", "edge0", one) == edge_package.name_of("f", "edge0", two)
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(one))) as archive:
        assert sorted(archive.getnames()) == ["A.config", "B", "B/b.config"]
    (tmp_path / "two" / "A.config").write_text("other")
    assert edge_package.name_of("f", "edge0", edge_package.packed(tmp_path / "two")) != edge_package.name_of(
        "f", "edge0", one
    )


def test_a_directory_that_no_secret_holds_is_refused(tmp_path: Path) -> None:
    (tmp_path / "A.config").write_bytes(os.urandom(edge_package.MOST_BYTES + 1))
    with pytest.raises(SettingsError, match="a secret of a Swarm holds 500000"):
        edge_package.packed(tmp_path)


def test_a_container_unpacks_its_directory_for_every_user_and_becomes_what_its_image_runs(tmp_path: Path) -> None:
    edge = EDGES[0]
    directories = Directories(tmp_path / "edges")
    directories.write(edge, {}, "digest")
    (directories.of(edge) / "A.config").write_text("a")
    secret = tmp_path / "secret.tar.gz"
    secret.write_bytes(edge_package.packed(directories.of(edge)))
    [shell, option, script, target, *words] = edge_package.start_of(
        str(tmp_path / "a target"), ["sh", "-c", "umask; echo $0 became", "it"]
    )
    here = script.replace(f"/run/secrets/{edge_package.FILE}", str(secret))
    done = subprocess.run(
        [shell, option, here, target, *words], capture_output=True, text=True, check=True, umask=0o022
    )
    assert done.stdout.split() == ["0022", "it", "became"]
    assert [path.name for path in (tmp_path / "a target").iterdir()] == ["A.config"]
    assert (tmp_path / "a target" / "A.config").stat().st_mode & 0o777 == 0o666


NEEDS = Needs("openems-edge:latest", "400m", 198 * 2**20)
UP = (Node("a", is_ready=True, takes_tasks=True), Node("b", is_ready=True, takes_tasks=True))
RUNS = StackTask("a", "running", "running", "", "1", "openems-edge-0", "new", 1000.0)


def ended(error: str, state: str = "failed", wanted: str = "shutdown", node: str = "b") -> StackTask:
    return StackTask(node, state, wanted, error, "1", "openems-edge-0", "old", 900.0)


TOO_FULL = "no suitable node (insufficient resources on 3 nodes)"
KILLED = "task: non-zero exit (137)"
WHY_KILLED = ": it was killed, as happens when its 400m are full (--edge-memory)"


@pytest.mark.parametrize(
    ("task", "reason"),
    [
        (
            ended("No such image: sha256:1", "rejected", "ready"),
            "its task on b is rejected: the node has no image openems-edge:latest",
        ),
        (
            ended(KILLED, wanted="ready"),
            f"its task on b is failed: {KILLED}{WHY_KILLED}",
        ),
        (
            ended(TOO_FULL, "pending", "running", ""),
            f"its task waits for a node: {TOO_FULL}; an edge needs 198 MiB that no other task has reserved",
        ),
    ],
)
def test_the_reason_names_the_node_and_what_is_missing(task: StackTask, reason: str) -> None:
    assert why_absent([task], UP, NEEDS) == reason


def test_what_is_typed_about_an_edge_that_does_not_run_mends_it_or_shows_more() -> None:
    lacking = ended("No such image: sha256:1", "rejected", "ready")
    hint = hint_absent([lacking], "s_edge", NEEDS)
    assert hint.startswith("docker save openems-edge:latest | ssh b docker load")
    assert hint_absent([ended(KILLED, wanted="ready")], "s_edge", NEEDS) == "inv up verify --edge-memory 800m"
    assert (
        hint_absent([ended("exit (1)", wanted="ready")], "s_edge", NEEDS) == "docker service ps --no-trunc s_edge"
    )
    assert hint_absent([ended("", "preparing", "running")], "s_edge", NEEDS) == "inv verify"
    assert hint_absent([lacking], "s_edge", replace(NEEDS, by_manager=True)) == "inv up"


def test_an_edge_that_runs_again_says_for_two_minutes_why_it_was_ended() -> None:
    tasks = [RUNS, ended("task: non-zero exit (1)")]
    assert running_task(tasks) is RUNS
    assert why_again(tasks, 1000.0, NEEDS) == "its task on b has ended: task: non-zero exit (1)"
    assert why_again(tasks, 1020.0, NEEDS) == ""
    assert why_again([RUNS], 1000.0, NEEDS) == ""
    assert NEEDS.mending(why_again(tasks, 1000.0, NEEDS)) == ""
    assert NEEDS.mending(why_again([RUNS, ended(KILLED)], 1000.0, NEEDS)) == "inv up verify --edge-memory 800m"


DOWN = (Node("a", is_ready=True, takes_tasks=True), Node("b", is_ready=False, takes_tasks=True))
LEFT = StackTask("b", "running", "shutdown", "", "1", "openems-edge-0", "old", 500.0)
"""Of a node that is gone: nobody has said that it has ended."""
BEGINS = StackTask("a", "preparing", "running", "", "1", "openems-edge-0", "new", 1000.0)


def seen(*tasks: StackTask, now: float = 1010.0) -> EdgeProcess:
    return process_of(tasks, DOWN, "s_edge", NEEDS, now)


def test_an_edge_of_a_node_that_is_gone_has_ended_also_if_the_backend_has_not_noticed() -> None:
    found = seen(BEGINS, LEFT)
    assert found.has_ended
    assert (found.why, found.hint) == ("node b is down; its task begins on another node", "inv verify")
    assert not seen().running


def test_what_was_wrong_before_an_edge_ran_well_is_no_reason_any_more() -> None:
    """A node that was started again says of its last tasks that they failed."""
    before = ended("task: non-zero exit (255)", node="c")
    assert seen(BEGINS, LEFT, before).hint == "inv verify"
    stopped = ended("", "shutdown", node="a")
    assert hint_absent([BEGINS, stopped, before], "s_edge", NEEDS) == "inv verify"
    assert hint_absent([BEGINS, before, stopped], "s_edge", NEEDS) == "docker service ps --no-trunc s_edge"


def test_the_backend_may_have_a_dead_connection_for_two_minutes_after_an_edge_has_begun_elsewhere() -> None:
    assert seen(RUNS, LEFT).may_be_dead
    assert not seen(RUNS, LEFT, now=1121.0).may_be_dead
    assert not seen(RUNS, ended("task: non-zero exit (1)")).may_be_dead, "its node has said so"
    assert not seen(RUNS).may_be_dead


def test_for_as_long_as_up_would_wait_for_a_new_task_nobody_is_told_to_type_it() -> None:
    """A real edge needs half a minute until it is connected, and longer on a busy machine."""
    found = seen(RUNS, LEFT)
    assert (found.why, found.hint, found.tries) == ("its task on a began a short while ago", "inv verify", True)
    late = seen(RUNS, LEFT, now=1121.0)
    assert (late.why, late.hint, late.tries) == ("", "", True)
    killed = seen(RUNS, ended(KILLED))
    assert killed.hint == "inv up verify --edge-memory 800m"
    assert not killed.tries


@pytest.mark.parametrize(
    ("image", "repository", "name"),
    [
        ("openems-edge:latest", "openems-edge", "r.org:5000/p/openems-edge:latest"),
        ("openems-edge", "openems-edge", "r.org:5000/p/openems-edge:latest"),
        ("other:5000/a/edge:1.0", "other:5000/a/edge", "r.org:5000/p/edge:1.0"),
        ("other:5000/edge", "other:5000/edge", "r.org:5000/p/edge:latest"),
        ("a/edge:1@sha256:ab", "a/edge", "r.org:5000/p/edge:1"),
    ],
)
def test_an_image_has_its_own_name_in_the_registry(image: str, repository: str, name: str) -> None:
    assert repository_of(image) == repository
    assert name_in("r.org:5000/p", image) == name


def test_a_registry_is_typed_as_docker_writes_it() -> None:
    setting = SETTINGS["image_registry"]
    for good in ("manager", "none", "registry.example.org", "10.0.0.1:5000", "host:5000/a/b", "localhost/a"):
        assert setting.checked(good, "--image-registry") == good
    for bad in ("https://host", "host:port", "host.org/", "host.org/Upper", "registry", "openems/edges"):
        with pytest.raises(SettingsError):
            setting.checked(bad, "--image-registry")


def test_who_has_no_registry_is_told_what_to_type_for_each_node() -> None:
    said = to_load("edge:1", ("a", "b"), "sha256:12")
    assert said.startswith("docker save edge:1 | ssh a docker load; docker save edge:1 | ssh b docker load; or a")


def test_an_image_that_only_a_registry_can_give_to_a_node_is_pulled_there_to_see_why_it_is_not() -> None:
    said = to_load("edge:1", ("a",), "r.org/edge@sha256:12")
    assert said == "docker -H ssh://a pull r.org/edge@sha256:12 says why"


@dataclass
class Registry:
    """An engine with an image that has these digests; pushes fail if words are given."""

    digests: Sequence[str] = ()
    refuses: str = ""
    did: list[tuple[str, ...]] = field(default_factory=list)

    def ask(self, *arguments: str) -> str:
        return "sha256:id\n" if "{{.Id}}" in arguments else json.dumps(list(self.digests))

    def run(self, *arguments: str) -> None:
        self.did.append(arguments)
        if self.refuses and arguments[0] == "push":
            raise CommandFailed(self.refuses)


def shipped(engine: Registry, registry: str, image: str = "edge:1") -> str:
    return Shipping(cast("Docker", engine), registry).ship(image)


@pytest.mark.parametrize(
    ("registry", "digest"),
    [
        ("r.org:5000/p", "r.org:5000/p/edge@sha256:ab"),
        ("docker.io/me", "me/edge@sha256:ab"),
        ("index.docker.io/me", "me/edge@sha256:ab"),
    ],
)
def test_a_pushed_image_is_taken_by_the_digest_that_it_has_there(registry: str, digest: str) -> None:
    engine = Registry(["elsewhere/edge@sha256:cd", digest])
    assert shipped(engine, registry) == digest
    assert engine.did == [("tag", "edge:1", f"{registry}/edge:1"), ("push", "--quiet", f"{registry}/edge:1")]


def test_without_a_registry_an_image_has_a_digest_only_where_its_own_name_leads() -> None:
    assert shipped(Registry(["r.org:5000/p/edge@sha256:ab"]), "none") == "sha256:id"
    assert shipped(Registry(["me/edge@sha256:ab"]), "none", "docker.io/me/edge:1") == "me/edge@sha256:ab"
    assert shipped(Registry(["python@sha256:ab"]), "none", "library/python:3") == "python@sha256:ab"


def test_whoever_gives_nodes_an_image_that_is_in_no_registry_it_is_the_same_image() -> None:
    manager, none = (Shipping(cast("Docker", ImageHere()), named) for named in ("manager", "none"))
    assert manager.by_manager
    assert not none.by_manager
    assert (manager.mark("edge:1"), manager.ship("edge:1")) == (none.mark("edge:1"), none.ship("edge:1"))


class ImageHere(Registry):
    """The same engine, with the image's id."""

    def images(self, names: tuple[str, ...]) -> dict[str, str]:
        return dict.fromkeys(names, "sha256:id")


def test_a_registry_without_the_digest_is_named() -> None:
    with pytest.raises(CommandFailed, match=r"by which digest r\.org has the image edge:1"):
        shipped(Registry(), "r.org")


@pytest.mark.parametrize(
    ("refuses", "hint"),
    [
        ("denied: requested access to the resource is denied", "docker login r.org:5000"),
        ("http: server gave HTTP response to HTTPS client", '"insecure-registries": ["r.org:5000"]'),
        ("x509: certificate signed by unknown authority", '"insecure-registries": ["r.org:5000"]'),
        ("dial tcp: no route to host", "another one: --image-registry HOST:PORT"),
    ],
)
def test_a_refused_push_says_what_helps(refuses: str, hint: str) -> None:
    with pytest.raises(CommandFailed, match=r"r\.org:5000 did not take the image edge:1") as raised:
        shipped(Registry(refuses=refuses), "r.org:5000")
    assert str(raised.value.hint).startswith(hint)


def test_edges_in_a_swarm_have_no_ports_of_this_host() -> None:
    assert EDGES[0].ports is not None
    assert [edge.ports for edge in Fleet("0193", bytes(32), size=2, has_ports=False).edges] == [None, None]
