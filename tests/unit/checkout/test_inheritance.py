from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.adapters.containers import Image
from edge_tasks.checkout.inheritance import (
    DATA_DIRECTORY,
    Caller,
    Inheritance,
    environment_file,
    foreign_heap,
    inherit,
    java_options,
)

if TYPE_CHECKING:
    from edge_tasks.checkout.project import Service, Volume

TEMPLATE = "/c/openems-edge/config.d"
SOMEBODY = Caller(1000, 1000)
ROOT = Caller(0, 0)
S6 = Image(words=("/init",))


def inherited(
    service: dict[str, Any], image: Image | None = None, caller: Caller = SOMEBODY, files: tuple[str, ...] = ()
) -> Inheritance:
    return inherit(cast("Service", service), image or Image(), caller, TEMPLATE, files.__contains__)


def test_what_concerns_every_container_is_carried_over_and_what_is_of_one_only_is_not() -> None:
    service: dict[str, Any] = {
        "dns": ["1.1.1.1"],
        "extra_hosts": ["h=1.2.3.4"],
        "command": ["sh", "-c", "echo $$HOME"],
        "entrypoint": None,
        "container_name": "the-edge",
        "hostname": "edge",
        "ports": [{"target": 8080}],
        "labels": {"a": "b"},
        "depends_on": {"db": {}},
        "healthcheck": {"test": ["NONE"]},
        "build": {"context": "/c"},
    }
    assert dict(inherited(service).options) == {
        "dns": ["1.1.1.1"],
        "extra_hosts": ["h=1.2.3.4"],
        "command": ["sh", "-c", "echo $$HOME"],
    }


def test_networks_come_by_name_with_the_default_one_and_without_the_one_edges_address() -> None:
    lan = {"lan": {"aliases": ["edge"], "ipv4_address": "10.1.1.1"}, "default": None}
    assert inherited({"networks": lan}).networks == ("lan", "default")


def test_the_default_network_is_left_to_compose_where_it_is_the_only_one() -> None:
    assert inherited({"networks": {"default": None}}).networks == ()
    assert inherited({"network_mode": "host"}).networks == ()


def test_mounts_that_nobody_writes_are_shared_and_the_others_are_named() -> None:
    service: dict[str, Any] = {
        "volumes": [
            {"type": "bind", "source": TEMPLATE, "target": "/etc/openems.d"},
            {"type": "bind", "source": "/certs", "target": "/certs", "read_only": True},
            {"type": "bind", "source": "/etc/localtime", "target": "/etc/localtime"},
            {"type": "tmpfs", "target": "/x"},
            {"type": "bind", "source": "/c/data", "target": "/data"},
            {"type": "volume", "source": "history", "target": "/history"},
        ]
    }
    found = inherited(service, files=("/etc/localtime",))
    assert [volume["target"] for volume in found.volumes] == ["/certs", "/etc/localtime", "/x"]
    assert found.left_out == ("/c/data at /data", "history at /history")


@pytest.mark.parametrize(
    ("service", "image", "target"),
    [
        ({"volumes": [{"type": "bind", "source": f"{TEMPLATE}/", "target": "/conf"}]}, Image(), "/conf"),
        ({"command": ["java", "-Dfelix.cm.dir=/a/", "-jar", "x"]}, Image(), "/a/"),
        ({}, Image(words=("sh", "-c", "java -Dfelix.cm.dir=/b -jar x")), "/b"),
        ({"environment": {"JAVA_OPTS": "-Dfelix.cm.dir=/d"}}, Image(words=("-Dfelix.cm.dir=/b",)), "/d"),
        ({}, Image(), "/etc/openems.d"),
        ({"image": "openems/edge:2026.4.0"}, S6, "/var/opt/openems/config"),
        ({"image": "docker.io/openems/edge"}, Image(), "/var/opt/openems/config"),
        ({"image": "acme/openems-edge"}, S6, "/etc/openems.d"),
        (
            {"volumes": [{"type": "volume", "source": "conf", "target": "/srv/openems/config"}]},
            Image(),
            "/srv/openems/config",
        ),
        ({}, Image(volumes=frozenset({"/var/opt/openems/config", "/data"})), "/var/opt/openems/config"),
        ({"image": "openems/edge"}, Image(environment={"O": "-Dfelix.cm.dir=/b"}), "/b"),
    ],
)
def test_the_config_directory_goes_where_the_edge_looks_for_it(
    service: dict[str, Any], image: Image, target: str
) -> None:
    assert inherited(service, image).config_target == target


@pytest.mark.parametrize(
    ("caller", "service", "image", "user"),
    [
        (SOMEBODY, {}, Image(), "1000:1000"),
        (SOMEBODY, {"user": "1234"}, Image(user="openems"), "1000:1000"),
        (SOMEBODY, {"user": "root"}, Image(), "0:0"),
        (SOMEBODY, {}, S6, ""),
        (SOMEBODY, {"entrypoint": ["java"]}, S6, "1000:1000"),
        (ROOT, {}, Image(), ""),
        (ROOT, {}, Image(user="root"), ""),
        (ROOT, {}, Image(user="openems"), "0:0"),
        (Caller(1000, 1000, rootless=True), {}, Image(), ""),
        (Caller(1000, 1000, rootless=True), {"user": "1234"}, Image(), "0:0"),
    ],
)
def test_an_edge_runs_as_the_caller_whose_files_it_reads(
    caller: Caller, service: dict[str, Any], image: Image, user: str
) -> None:
    assert inherited(service, image, caller).user == user


def test_an_image_that_becomes_the_caller_by_itself_is_told_who_that_is() -> None:
    assert inherited({}, S6).environment == {"PUID": "1000", "PGID": "1000"}
    assert inherited({}, S6, ROOT).environment == {}


def test_variables_come_as_a_container_gets_them_and_those_without_value_not_at_all() -> None:
    found = inherited({"environment": {"A": "pa$$word", "NONE": None, "N": 1}}, caller=ROOT)
    assert found.environment == {"A": "pa$word", "N": "1"}
    assert "pa$word" not in repr(found)


@pytest.mark.parametrize(
    ("ours", "theirs", "wanted"),
    [
        ("-Xms32m -XX:+UseSerialGC", "", "-Xmx128m -Xms32m -XX:+UseSerialGC"),
        ("-XX:+UseSerialGC", "-XX:+UseG1GC -Da=b", "-Xmx128m -XX:+UseG1GC -Da=b"),
        ("-XX:TieredStopAtLevel=1", "-XX:TieredStopAtLevel=4", "-Xmx128m -XX:TieredStopAtLevel=4"),
        ("-Xms32m", "-Xmx2g -Xms1g -XX:MaxRAMPercentage=50", "-Xmx128m -Xms32m"),
        ("-Xss256k", "-Xss1m", "-Xmx128m -Xss1m"),
        ("-Da=1 -Db=2", "-Da='x y'", "-Xmx128m -Db=2 -Da='x y'"),
        ("-XX:+UseSerialGC", "-javaagent:/a.jar", "-Xmx128m -XX:+UseSerialGC -javaagent:/a.jar"),
        ("-XX:-UsePerfData", "-XX:+UsePerfData", "-Xmx128m -XX:+UsePerfData"),
    ],
)
def test_the_users_java_options_stay_beside_ours_but_for_the_heap(ours: str, theirs: str, wanted: str) -> None:
    assert java_options("128m", ours.split(), theirs) == wanted


def test_an_edge_has_a_data_directory_that_it_may_write_unless_it_was_given_one() -> None:
    assert java_options("1g", [DATA_DIRECTORY], "") == f"-Xmx1g {DATA_DIRECTORY}"
    assert java_options("1g", [DATA_DIRECTORY], "-Dopenems.data.dir=/d") == "-Xmx1g -Dopenems.data.dir=/d"


def test_what_of_the_heap_gives_way_is_told() -> None:
    assert foreign_heap("-Xmx2g -Da=b -XX:MaxRAMPercentage=50") == ("-Xmx2g", "-XX:MaxRAMPercentage=50")


def test_the_environments_file_says_what_it_is() -> None:
    text = environment_file({"B": "it's", "A": "plain $x"})
    assert text.startswith("# Generated by edge-tasks")
    assert text.endswith("A='plain $x'\nB=\"it's\"\n")


def test_a_user_whom_the_image_does_not_know_has_a_home_unless_one_is_given() -> None:
    assert inherited({}).environment == {"HOME": "/tmp"}  # noqa: S108 - the container's own
    assert inherited({"environment": {"HOME": "/h"}}).environment == {"HOME": "/h"}
    assert inherited({"user": "root"}).environment == {}
    assert inherited({}, caller=Caller(1000, 1000, rootless=True)).environment == {}
    assert inherited({}, Image(user="openems"), ROOT).environment == {}


def test_an_image_that_becomes_the_caller_keeps_the_variables_of_the_service() -> None:
    found = inherited({"environment": {"A": "1"}}, S6).environment
    assert found == {"A": "1", "PUID": "1000", "PGID": "1000"}


@pytest.mark.parametrize(("mounted", "told"), [("/X", "/X/"), ("/X/", "/X")])
def test_the_mount_of_the_config_directory_is_not_shared_whichever_way_its_path_ends(
    mounted: str, told: str
) -> None:
    volumes = [
        {"type": "bind", "source": "/certs", "target": mounted, "read_only": True},
        {"type": "tmpfs", "target": "/X/X"},
    ]
    service = {"volumes": volumes, "command": [f"-Dfelix.cm.dir={told}"]}
    assert [volume["target"] for volume in inherited(service).volumes] == ["/X/X"]


def test_only_a_mount_of_the_template_itself_says_where_the_config_directory_goes() -> None:
    volumes: list[Volume] = [
        {"type": "volume", "source": TEMPLATE, "target": "/no"},
        {"type": "bind", "source": f"{TEMPLATE}X", "target": "/nor"},
        {"type": "bind", "source": "/other", "target": "/neither"},
        {"type": "bind", "source": TEMPLATE, "target": "/yes"},
    ]
    assert inherited({"volumes": volumes}).config_target == "/yes"
    found = inherit({"volumes": volumes[:2]}, Image(), SOMEBODY, f"{TEMPLATE}X/", lambda _: False)
    assert found.config_target == "/nor"


def test_an_entrypoint_of_the_services_own_says_where_the_config_directory_goes() -> None:
    assert inherited({"entrypoint": ["java", "-Dfelix.cm.dir=/e"]}).config_target == "/e"


def test_a_volume_without_name_that_edges_cannot_share_is_named_by_where_it_is_mounted() -> None:
    assert inherited({"volumes": [{"type": "volume", "target": "/v"}]}).left_out == ("a volume at /v",)


@given(st.dictionaries(st.sampled_from(["A", "B", "C"]), st.text("aX '\"\\$\n\r#=", max_size=8)))
def test_a_value_is_quoted_so_that_compose_reads_it_back(environment: dict[str, str]) -> None:
    entry = re.compile(r"""([ABC])=(?:'([^']*)'|"((?:[^"\\$]|\\.)*)")\n""")
    comment, _, text = environment_file(environment).partition("\n")
    assert comment.startswith("# ")
    escapes = {"n": "\n", "r": "\r"}
    found = {}
    while text:
        read = entry.match(text)
        assert read is not None
        name, plain, escaped = read.groups()
        found[name] = plain if escaped is None else re.sub(r"\\(.)", lambda m: escapes.get(m[1], m[1]), escaped)
        text = text[read.end() :]
    assert found == environment
