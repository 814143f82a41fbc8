"""What a template's components are for a reckoning: meters, the battery, and the channels of their counters."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from edge_tasks.history.truth.reckoning import SUMS, Metered, Site
from edge_tasks.history.truth.store import Limit, Store
from edge_tasks.light.devices import DEVICES
from edge_tasks.light.devices.balancing import Balancing
from edge_tasks.light.devices.limit_total_discharge import LimitTotalDischarge
from edge_tasks.openems.energies import COUNTERS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from edge_tasks.history.truth.reckoning import Sum
    from edge_tasks.light.engine.plant import Plant
    from edge_tasks.openems.configuration import Component
    from edge_tasks.openems.load_curve_terms import Kind
    from edge_tasks.openems.sources import Datasource

_SUM: Final = "_sum"
_SUM_CHANNELS: Final[Mapping[Sum, str]] = {
    "consumption": "_sum/ConsumptionActiveEnergy",
    "production": "_sum/ProductionActiveEnergy",
    "buy": "_sum/GridBuyActiveEnergy",
    "sell": "_sum/GridSellActiveEnergy",
    "charge": "_sum/EssActiveChargeEnergy",
    "discharge": "_sum/EssActiveDischargeEnergy",
}
_OF_BATTERY: Final = frozenset({"buy", "sell", "charge", "discharge"})


class Counted(NamedTuple):
    """A counter of an edge.

    Attributes:
        meter: ``meter3``; ``_sum`` for the whole edge.
        energy: ``consumption``, ``production``, ``buy``, ``sell``, ``charge`` or ``discharge``.
        channel: the address.
        place: of its row in what :meth:`.Reckoning.energies` gives.
        is_moved: whether it follows from what a battery does.
    """

    meter: str
    energy: Sum
    channel: str
    place: int
    is_moved: bool


class Reckoned(NamedTuple):
    """What is reckoned of the edges of a template.

    Attributes:
        site: for the reckoning.
        counters: those that such an edge has.
        unknown: why what batteries do is not reckoned; empty if it is.
        writable: the channels that take a value, with the id of the device whose power that becomes.
        limits: those of them that take a limit of that power.
    """

    site: Site
    counters: tuple[Counted, ...]
    unknown: str
    writable: Mapping[str, str]
    limits: Collection[str]


def reckoned(components: Sequence[Component], profile: Mapping[str, object] | None) -> Reckoned:
    """What is reckoned of the edges of some components that follow a profile."""
    plant = DEVICES.plant(components)
    meters = tuple(
        Metered(own_id, kind, datasource.values, datasource.step)
        for kind, each in _kinds(plant)
        for own_id, datasource in each
    )
    unknown = _unknown(plant)
    store, initial = (None, 0) if unknown else _store(plant)
    site = Site(meters, store, initial, profile)
    return Reckoned(site, tuple(_counters(plant, meters)), unknown, plant.writable, plant.limits)


def with_written(found: Reckoned, written: Mapping[str, int]) -> Site:
    """The site with meters that show what people have written, and without its battery.

    Args:
        found: the site as it is.
        written: values by channel.
    """
    own = {channel: value for channel, value in written.items() if channel in found.writable}
    held = {found.writable[channel]: value for channel, value in own.items() if channel not in found.limits}
    most = {found.writable[channel]: value for channel, value in own.items() if channel in found.limits}
    meters = (replace(one, held=held.get(one.id), most=most.get(one.id)) for one in found.site.meters)
    return replace(found.site, meters=tuple(meters), store=None)


def in_order(counters: Iterable[Counted]) -> list[Counted]:
    """The counters of each meter, which are billed, then the edge's own."""
    places = {name: place for place, name in enumerate(SUMS)}
    return sorted(counters, key=lambda one: (one.meter == _SUM, len(one.meter), one.meter, places[one.energy]))


def _kinds(plant: Plant) -> tuple[tuple[Kind, tuple[tuple[str, Datasource], ...]], ...]:
    return ("production", plant.producers), ("consumption", plant.consumers)


def _store(plant: Plant) -> tuple[Store | None, int]:
    """The battery, and W*ms in it at first."""
    if not plant.batteries:
        return None, 0
    (battery,) = plant.batteries
    limits = [machine for _, machine in plant.machines if isinstance(machine, LimitTotalDischarge)]
    found = [
        Limit(one.min_soc, one.force_soc, max(0, one.force_power)) for one in limits if one.ess == battery.id
    ]
    target = next((one.target for one in battery.controls if isinstance(one, Balancing)), None)
    store = Store(battery.full, battery.limit, target, found[0] if found else None)
    return store, battery.full * battery.initial_soc // 100


def _unknown(plant: Plant) -> str:
    """Why what the batteries do is not reckoned."""
    if plant.demands:
        return "a grid meter that acts"
    if plant.clusters or len(plant.batteries) > 1:
        return "several batteries"
    if any(one.controls and not isinstance(one.controls[0], Balancing) for one in plant.batteries):
        return "another controller than Balancing leads the battery"
    if len(plant.limited) > 1:
        return "several controllers limit the battery"
    limiting = (plant.machines[number][1] for number in plant.limited)
    if not all(isinstance(machine, LimitTotalDischarge) for machine in limiting):
        return "an unknown controller limits the battery"
    return ""


def _counters(plant: Plant, meters: Sequence[Metered]) -> list[Counted]:
    """All that such an edge has, in order."""
    lacking = {"buy", "sell"} if not plant.grid else set[str]()
    lacking |= {"charge", "discharge"} if not plant.batteries else set()
    lacking |= {"production"} if not plant.producers else set()
    moved = _OF_BATTERY if plant.batteries else frozenset[str]()
    if plant.demands:
        moved = _OF_BATTERY | {"consumption"}
    sums = [
        Counted(_SUM, name, _SUM_CHANNELS[name], place, name in moved)
        for place, name in enumerate(SUMS)
        if name not in lacking
    ]
    own = [
        Counted(
            meter.id,
            meter.kind,
            f"{meter.id}/{COUNTERS[meter.kind].positive}",
            len(SUMS) + place,
            is_moved=False,
        )
        for place, meter in enumerate(meters)
    ]
    return in_order([*own, *sums])
