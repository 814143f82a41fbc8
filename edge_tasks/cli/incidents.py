"""The incidents that people want in a past: those of the fleet file, and those that were typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from edge_tasks.checkout import fleet_file
from edge_tasks.cli.grouped import whole
from edge_tasks.fleet import incident_entry
from edge_tasks.plan import some

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

    from edge_tasks.checkout.blueprints import DescribedEdge
    from edge_tasks.cli.session import Session
    from edge_tasks.fleet.groups import Group
    from edge_tasks.fleet.incident_entry import IncidentEntry
    from edge_tasks.fleet.incidents import Incident
    from edge_tasks.history.past_incidents import Dated, PastIncidents


def incidents_wanted(session: Session, past: PastIncidents) -> list[Dated]:
    """All incidents, those of the fleet file first.

    Raises:
        SettingsError: one cannot be read, is in the future, or is of an edge that cannot have it.
    """
    choices, platform = session.target.choices, session.target.platform.path
    file = fleet_file.find(choices.text("fleet_file"), platform, whole(choices))
    typed = cast("Sequence[str]", session.options.get("incident") or ())
    entries = [*(file.incidents if file else ()), *map(incident_entry.typed, typed)]
    groups, size = session.target.groups, session.target.fleet.size
    for entry in entries:
        check_edges(entry, groups, size, session.runtime.edges.light_names)
    return [past.dated(entry) for entry in entries]


def incidents_by_edge(
    wanted: Sequence[Dated], edges: Sequence[DescribedEdge], past: PastIncidents
) -> dict[str, tuple[Incident, ...]]:
    """The incidents of each edge that has any.

    Raises:
        SettingsError: it has no such meter or counter, or two of them cannot both be.
    """
    own = {edge.name: [one for one in wanted if _is_of(one.entry, edge)] for edge in edges}
    found = {edge.name: past.of_edge(edge, own[edge.name]) for edge in edges if own[edge.name]}
    return {name: incidents for name, incidents in found.items() if incidents}


def remarks_of(wanted: Sequence[Dated], past: PastIncidents) -> list[str]:
    """What is said of incidents that change nothing."""
    found = []
    for incident, entry in wanted:
        if past.is_over(incident):
            found.append(f"{entry.where}: this {entry.kind} is over when the past begins, so it changes nothing")
        elif past.is_later(incident):
            found.append(f"{entry.where}: this {entry.kind} begins after --to, so it changes nothing yet")
        elif past.is_unseen(incident):
            found.append(
                f"{entry.where}: this {entry.kind} is after --to: no point of the past shows it,"
                " but the live edge goes on with counters that have begun again at 0"
            )
    return found


def check_edges(entry: IncidentEntry, groups: Iterable[Group], size: int, light: Container[str]) -> None:
    """Refuse a group or edges that are not there, or that nobody can write a past of.

    Args:
        entry: that names them, or not.
        groups: of the fleet.
        size: how many edges the fleet has.
        light: the names of its light edges.

    Raises:
        SettingsError: which.
    """
    known = {group.name: group for group in groups if group.name}
    if entry.group and entry.group not in known:
        raise entry.error(f"there is no group {entry.group}", f"groups: {', '.join(known) or 'none'}")
    group = known.get(entry.group)
    ranges = [*(entry.ranges or ()), *(group.ranges if group else ())]
    if beyond := [found[-1] for found in ranges if found[-1] >= size]:
        raise entry.error(f"there is no edge{beyond[0]}", f"the fleet has edge0 to edge{size - 1}")
    names = [f"edge{index}" for index in _indices(entry, group)]
    if group and entry.ranges and not names:
        problem = f"no edge of {entry.words['edges']} is in group {entry.group}"
        raise entry.error(problem, f"edges of the group are {group.edges}")
    if real := tuple(name for name in names if name not in light):
        problem = f"{some(real)} can have no past: real edges count by themselves"
        raise entry.error(problem, "name light edges only")


def _indices(entry: IncidentEntry, group: Group | None) -> list[int]:
    """The edges that an incident names: by index, by group, or by both, which means those that are in both."""
    ranges = entry.ranges if entry.ranges is not None else group.ranges if group else ()
    return [index for found in ranges for index in found if group is None or index in group]


def _is_of(entry: IncidentEntry, edge: DescribedEdge) -> bool:
    is_named = entry.ranges is None or any(edge.index in found for found in entry.ranges)
    return is_named and entry.group in ("", edge.group)
