"""What households cost a light edge: the same fleet without and with them, one after the other in one run."""

from __future__ import annotations

import time
from dataclasses import dataclass

from bench import light_parts
from bench.light_fleet import LIGHT, cpu_of, family, fleet, scraped

HOUSEHOLDS = 12
_SETTLED_S = 40
"""A battery follows its filter for 25 s after the connect."""
_SECONDS = 60
_CYCLES = "edge_tasks_light_cycles_total"


@dataclass(frozen=True)
class Cost:
    """What an edge costs.

    Attributes:
        memory: bytes, of all host processes, divided.
        cpu: microseconds of CPU time of the hosts a cycle.
        size: bytes that an edge sends in a second.
    """

    memory: float
    cpu: float
    size: float


def measure(edges: int, profile: str) -> tuple[Cost, Cost]:
    """An edge without and with households."""
    without, with_households = (_cost(edges, profile, count) for count in (0, HOUSEHOLDS))
    return without, with_households


def _cost(edges: int, profile: str, households: int) -> Cost:
    with fleet(edges, "--profile", profile, "--meters", str(households)) as stand:
        memory = light_parts.memory(stand).whole
        time.sleep(_SETTLED_S)
        hosts = family(stand.hosts)
        before, spent = scraped(LIGHT), cpu_of(hosts)
        time.sleep(_SECONDS)
        after, spent = scraped(LIGHT), cpu_of(hosts) - spent
    cycles, size = (after[key] - before[key] for key in (_CYCLES, "edge_tasks_light_sent_bytes_total"))
    return Cost(memory, 1e6 * spent / cycles, size / cycles)
