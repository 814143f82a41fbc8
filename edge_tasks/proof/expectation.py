"""What an edge must show: its components, and the values of its meters. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge_tasks.openems.components import factory, is_meter, is_simulator
from edge_tasks.openems.load_curve_terms import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from edge_tasks.openems.configuration import Component
    from edge_tasks.openems.load_curve import Profile


@dataclass(frozen=True)
class Expectation:
    """What an edge of a template must show.

    Attributes:
        components: ids that its ``edgeConfig`` must have.
        figures: allowed values by channel, those of its datasource or a range that its profile keeps; None where
            any number is right (the grid meter).
        unmeasured: its other meters, each with its factory: they are not simulated, so they may have no value.
    """

    components: frozenset[str]
    figures: Mapping[str, tuple[int, ...] | range | None]
    unmeasured: tuple[str, ...] = ()


def expect(
    components: Iterable[Component],
    profile: Profile | None = None,
    is_simulated: Callable[[str], bool] = is_simulator,
) -> Expectation:
    """What follows from a template.

    Args:
        components: of the template.
        profile: the load shape of a light edge.
        is_simulated: whether the components of a factory have values on such an edge.
    """
    by_id = {component.id: component for component in components}
    meters = [c for c in by_id.values() if is_meter(c.factory_pid) and c.enabled]
    measured = [meter for meter in meters if is_simulated(meter.factory_pid)]
    figures = {f"{meter.id}/ActivePower": _figures(meter, by_id, profile) for meter in measured}
    others = tuple(f"{meter.id} ({meter.factory_pid})" for meter in meters if meter not in measured)
    return Expectation(frozenset(by_id), figures, others)


def _figures(
    meter: Component, by_id: Mapping[str, Component], profile: Profile | None
) -> tuple[int, ...] | range | None:
    source = by_id.get(str(meter.properties.get("datasource.id")))
    values = source.properties.get("values") if source is not None and source.enabled else None
    kind = factory(meter.factory_pid).measures
    if kind not in KINDS or not isinstance(values, tuple):
        return None
    fixed = tuple(int(value) for value in values if not isinstance(value, str) or value.isdigit())
    bounds = profile.bounds(kind, fixed[0]) if profile and fixed else None
    return range(bounds[0], bounds[1] + 1) if bounds else fixed or None
