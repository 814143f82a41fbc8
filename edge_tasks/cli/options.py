"""The one table of options: their help, defaults, allowed values, and whether they are saved.

From it come the options of all tasks, their help, the environment variables, the keys of ``invoke.yaml`` and the
reference pages. It imports almost nothing, because ``inv --list`` reads it.
"""

from __future__ import annotations

from typing import Final

from edge_tasks.cli.option import HIGHEST_PORT, Matters, Option, Saved, Setting
from edge_tasks.fleet.limits import DEFAULT_RESERVE, FLEET_FILE, MOST_EDGES, MOST_HOUSEHOLDS, OVERRIDE_FILE
from edge_tasks.openems.release import DEFAULT, PROVIDERS, VERSION
from edge_tasks.runtimes import NAMES

AUTO: Final = "auto"
_JAVA_OPTIONS: Final = "-Xms32m -XX:+UseSerialGC -XX:TieredStopAtLevel=1"
"""Half the CPU time of a start and half the memory of Java's defaults, measured with a real edge."""


_SETTINGS: Final = (
    Setting(
        "edges",
        f"How many edges, up to {MOST_EDGES}",
        default=1,
        lowest=0,
        highest=MOST_EDGES,
        saved=Saved.IDENTITY,
    ),
    Setting(
        "light_edges",
        "How many light edges follow them, each without a directory",
        default=0,
        lowest=0,
        highest=MOST_EDGES,
        saved=Saved.IDENTITY,
    ),
    Setting(
        "meters",
        "How many households each edge has, each with a consumption meter",
        default=0,
        lowest=0,
        highest=MOST_HOUSEHOLDS,
        saved=Saved.EXTRA,
    ),
    Setting(
        "fleet_file",
        "The file that describes groups of edges, in the platform or with its path",
        default=FLEET_FILE,
        default_words=f"{FLEET_FILE}, if there is one",
        saved=Saved.EXTRA,
    ),
    Setting("platform", "Your docker-openems checkout; without it, the bundled platform in ./platform"),
    Setting(
        "runtime",
        f"{AUTO}, {' or '.join((', '.join(NAMES[:-1]), NAMES[-1]))}",
        default=AUTO,
        choices=(AUTO, *NAMES),
        saved=Saved.IDENTITY,
    ),
    Setting(
        "reserve",
        "Device rows registered ahead, so that the fleet can grow without a reconnect",
        default=DEFAULT_RESERVE,
        lowest=0,
        highest=MOST_EDGES,
        saved=Saved.IDENTITY,
    ),
    Setting(
        "port_offset",
        "Number added to every host port, for a second fleet on one machine",
        default=0,
        lowest=0,
        highest=50_000,
        saved=Saved.IDENTITY,
    ),
    Setting("override_file", "The name of the override", default=OVERRIDE_FILE, saved=Saved.IDENTITY),
    Setting(
        "timeout",
        "How many seconds verify waits",
        default=120,
        lowest=1,
        highest=86_400,
        used_by=("verify",),
    ),
    Setting(
        "openems_version",
        "The release of OpenEMS",
        default=DEFAULT.since,
        default_words="as the checkout is; 2026.1.0 for a new bundled platform in docker, else 2024.7.0",
        pattern=VERSION,
        saved=Saved.EXTRA,
    ),
    Setting(
        "download_from",
        "Where the bundled platform's jars come from",
        default="https://github.com",
        pattern=r"https?://\S+",
        matters=Matters.BUNDLED_DOCKER,
        saved=Saved.EXTRA,
    ),
    Setting(
        "project_name",
        "Compose's project name (docker)",
        default="",
        default_words="as Compose itself chooses",
        pattern="[a-z0-9][a-z0-9_-]*",
        pattern_words="lower-case letters, digits, _ and -, not beginning with _ or -",
        matters=Matters.DOCKER,
        saved=Saved.EXTRA,
    ),
    Setting(
        "edge_heap",
        "The largest Java heap of an edge (docker)",
        default="128m",
        pattern="[1-9][0-9]*[mg]",
        matters=Matters.DOCKER,
        saved=Saved.EXTRA,
    ),
    Setting(
        "edge_memory",
        "The memory limit of an edge's container (docker)",
        default="400m",
        pattern="[1-9][0-9]*[mg]",
        matters=Matters.DOCKER,
        saved=Saved.EXTRA,
    ),
    Setting(
        "java_options",
        "More Java options of an edge (docker)",
        default=_JAVA_OPTIONS,
        default_words="quick start, little memory",
        matters=Matters.DOCKER,
        saved=Saved.EXTRA,
    ),
    Setting(
        "edge_bundles",
        "How edges get their bundles: unpacked (once for all edges) or jar (each edge unpacks its own) (docker)",
        default="unpacked",
        choices=("unpacked", "jar"),
        matters=Matters.DOCKER,
        saved=Saved.EXTRA,
    ),
    Setting(
        "light_image",
        "An image with Python: for light edges (docker, swarm), and to give nodes an image (swarm)",
        default="python:3.12-slim",
        pattern=r"\S+",
        matters=Matters.LIGHT_DOCKER,
        saved=Saved.EXTRA,
    ),
    Setting(
        "placement",
        "On which nodes the edges may run, as constraints of Docker with commas between them (swarm)",
        default="any",
        pattern=r"any|[^,\s=!]+[=!]=[^,\s]+(,[^,\s=!]+[=!]=[^,\s]+)*",
        pattern_words="any, or constraints like node.role==worker, with commas between them",
        matters=Matters.SWARM,
        saved=Saved.EXTRA,
    ),
    Setting(
        "image_registry",
        "What gives nodes the edges' images: manager, none, or a registry as HOST[:PORT][/PREFIX] (swarm)",
        default="manager",
        pattern=r"manager|none|(localhost|[\w-]+(\.[\w-]+)+|[\w-]+(?=:))(:[0-9]+)?(/[a-z0-9._-]+)*",
        pattern_words="manager, none, or a registry like registry.example.org:5000/openems",
        matters=Matters.SWARM,
        saved=Saved.EXTRA,
    ),
    Setting(
        "light_processes",
        "How many processes run the light edges",
        default=0,
        default_words="0: one for each 2,500",
        lowest=0,
        highest=64,
        matters=Matters.LIGHT,
        saved=Saved.EXTRA,
    ),
    Setting(
        "connect_rate",
        "How many light edges may connect per second",
        default=500,
        lowest=1,
        highest=10_000,
        matters=Matters.LIGHT,
        saved=Saved.EXTRA,
    ),
    Setting(
        "metrics_port",
        "The port on loopback where light edges serve metrics for Prometheus",
        default=0,
        default_words="0: nowhere",
        lowest=0,
        highest=HIGHEST_PORT,
        matters=Matters.LIGHT,
        saved=Saved.EXTRA,
    ),
    Setting(
        "timedata",
        "Whose answers about history the stand-in gives: Timedata.InfluxDB or Timedata.AggregatedInfluxDB",
        default=PROVIDERS[0],
        choices=PROVIDERS,
        matters=Matters.EMBEDDED,
        saved=Saved.EXTRA,
    ),
    Setting(
        "reconnect",
        "How light edges reconnect: quick, or openems (after 10 to 109 s)",
        default="quick",
        choices=("quick", "openems"),
        matters=Matters.LIGHT,
        saved=Saved.EXTRA,
    ),
    Setting(
        "profile",
        "Profile of light edges: constant, household, household-berlin, office, pv-farm, bdew-h25, bdew-g25,"
        " bdew-l25, or a file",
        default="constant",
        matters=Matters.LIGHT,
        saved=Saved.EXTRA,
    ),
    Setting(
        "seed",
        "The seed of what differs between edges",
        default="",
        default_words="the fleet's id",
        pattern="[A-Za-z0-9_.-]{1,64}",
        pattern_words="up to 64 of A-Z a-z 0-9 _ . -",
        matters=Matters.LIGHT,
        saved=Saved.EXTRA,
    ),
)
SETTINGS: Final = {setting.name: setting for setting in _SETTINGS}

_FLAGS: Final = (
    Option(
        "skip_build",
        "Do not build or pull images (docker)",
        is_flag=True,
        matters=Matters.DOCKER,
        used_by=("build", "plan"),
    ),
    Option(
        "demo",
        "Initialise Odoo with its demo data (docker)",
        is_flag=True,
        matters=Matters.DOCKER,
        used_by=("odoo-init", "plan"),
    ),
    Option(
        "no_snapshot",
        "Initialise Odoo or the database without a snapshot, and keep none",
        is_flag=True,
        used_by=("odoo-init",),
    ),
    Option(
        "echo",
        "Show the output of docker commands; it is always in .edge-tasks/docker.log",
        is_flag=True,
        matters=Matters.DOCKER,
    ),
    Option(
        "adopt",
        "Take over device rows and config directories that are in the way; backfill removes such points",
        is_flag=True,
        used_by=("gen-configs", "register", "plan", "backfill"),
    ),
    Option(
        "yes",
        "Answer yes where you would be asked: remove the written pasts, too, or connect to another machine",
        is_flag=True,
        used_by=("up", "backfill", "down", "reset", "attach"),
    ),
    Option("json", "Print one JSON document; all else goes to standard error", is_flag=True),
    Option("quiet", "Print only what is wrong; the exit code says the rest", is_flag=True),
)
COMMON: Final[dict[str, Option]] = {option.name: option for option in (*_SETTINGS, *_FLAGS)}
"""The options of every task, by name."""
