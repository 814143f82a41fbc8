"""What people change on a light edge moves its counters as the truth says."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_tasks.history.truth.lived import AlikeEdges
from edge_tasks.history.truth.reckoning import WMS_PER_WH
from edge_tasks.light.engine.memory import Command
from edge_tasks.light.engine.plant import CONSUMPTION, PRODUCTION
from edge_tasks.light.engine.simulation import Simulation
from edge_tasks.light.wire.config_changes import CREATE, DELETE, UPDATE, Change, changed
from edge_tasks.light.wire.journal import Entry
from edge_tasks.light.wire.model import model_of
from edge_tasks.openems.configuration import Configuration
from edge_tasks.openems.load_curve import Profile
from tests.unit.history.truth.edges import BATTERY, BEGIN, DAY, HOUSE, component, components_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from edge_tasks.light.engine.memory import Memory
    from edge_tasks.light.wire.model import Model
    from edge_tasks.openems.configuration import Component

KEY = "seed/edge3/"
INVERTER = component("meter5", "Simulator.PvInverter", **{"datasource.id": "datasource1"})
CHANGING = tuple(sorted((*components_of(BATTERY), INVERTER), key=lambda one: one.id))
STEADY = tuple(
    sorted((*components_of(BATTERY, {"values": (550,), "timeDelta": -1}), INVERTER), key=lambda one: one.id)
)
HOUR = 3_600_000


def updated(own_id: str, **properties: object) -> Change:
    """A change as a UI asks for it; ``datasource__id`` is ``datasource.id``."""
    listed = [{"name": name.replace("__", "."), "value": value} for name, value in properties.items()]
    return Change(UPDATE, {"componentId": own_id, "properties": listed}, "user0: Ann", "then")


class LightEdge:
    """A light edge without a connection: what people do to it has the effect that it has on a host."""

    def __init__(self, components: tuple[Component, ...], profile: Mapping[str, object] | None) -> None:
        self._profile = Profile.of(profile) if profile else None
        self._model = model_of(Configuration(components, ()))
        self._simulation = self._simulated(self._model, None)

    def do(self, entry: Entry) -> None:
        self._simulation.advance(entry.at)
        if isinstance(entry.did, Command):
            self._simulation.command(entry.did)
            return
        former, self._model = self._model, model_of(changed(self._model.configuration, [entry.did]))
        renewed = self._model.plant.renewed(former.plant)
        memory = self._simulation.memory().settled().without(renewed)
        self._simulation = self._simulated(self._model, memory)

    def counters(self, now: int) -> dict[str, int]:
        """Wh of meters and of the sums that are known."""
        self._simulation.advance(now)
        plant = self._model.plant
        found: dict[str, int] = {}
        for kind, each in (("Production", plant.producers), ("Consumption", plant.consumers)):
            found |= {f"{own_id}/Active{kind}Energy": self._simulation.energy(own_id)[0] for own_id, _ in each}
        found["_sum/ConsumptionActiveEnergy"] = self._simulation.energy(CONSUMPTION)[0]
        found["_sum/ProductionActiveEnergy"] = self._simulation.energy(PRODUCTION)[0]
        return found

    def _simulated(self, model: Model, memory: Memory | None) -> Simulation:
        kinds = (("production", model.plant.producers), ("consumption", model.plant.consumers))
        sources = [
            self._profile.source(kind, one.at(0), KEY + own_id)  # type: ignore[arg-type]
            if self._profile and one.values
            else None
            for kind, each in kinds
            for own_id, one in each
        ]
        return Simulation(model.plant, BEGIN, memory, sources)


def is_followed(
    components: tuple[Component, ...],
    entries: Sequence[Entry],
    moments: Sequence[int],
    profile: Mapping[str, object] | None,
) -> dict[str, list[int]]:
    """Compare what an edge counts with the truth, which is returned: Wh by channel at each moment."""
    light, waiting = LightEdge(components, profile), list(entries)
    (found,) = AlikeEdges(components, profile, [KEY], BEGIN).lived(moments, [entries])
    truth = {one.channel: (found.energies[one.place, :, 0] // WMS_PER_WH).tolist() for one in found.counters}
    for place, moment in enumerate(moments):
        while waiting and waiting[0].at <= moment:
            light.do(waiting.pop(0))
        for channel, wh in light.counters(moment).items():
            assert truth[channel][place] == wh, (channel, moment - BEGIN)
    return truth


HOUSEHOLD = "meter3/ActiveConsumptionEnergy"
HOURS = [BEGIN + number * HOUR for number in range(7)]


def hourly(entries: Sequence[Entry], channel: str, profile: Mapping[str, object] | None = None) -> list[int]:
    """Wh of each of six hours."""
    shown = is_followed(STEADY, entries, HOURS, profile)[channel]
    return [after - before for before, after in pairwise(shown)]


def test_a_value_that_somebody_writes_counts_while_it_holds() -> None:
    held = Command("meter3/ActivePower", 6_550, HOURS[2] + 600_000)
    assert hourly([Entry(HOURS[2], held)], HOUSEHOLD) == [550, 550, 1_550, 550, 550, 550]


def test_a_value_below_zero_is_not_consumed() -> None:
    held = Command("meter3/ActivePower", -6_000, HOURS[3])
    assert hourly([Entry(HOURS[2], held)], HOUSEHOLD) == [550, 550, 0, 550, 550, 550]


def test_a_null_ends_what_was_written() -> None:
    channel, at = "meter3/ActivePower", HOURS[2] + 1_800_000
    entries = [Entry(HOURS[2], Command(channel, 1_550, HOURS[5])), Entry(at, Command(channel, 0, at))]
    assert hourly(entries, HOUSEHOLD) == [550, 550, 1_050, 550, 550, 550]


def test_another_value_of_a_datasource_counts_from_its_moment_on() -> None:
    entries = [Entry(HOURS[2] + 1_800_000, updated("datasource3", values=[200]))]
    assert hourly(entries, HOUSEHOLD) == [550, 550, 375, 200, 200, 200]


def test_a_profile_follows_the_other_value_of_its_datasource() -> None:
    entries = [Entry(HOURS[2], updated("datasource2", values=[1_800]))]
    channel = "meter2/ActiveConsumptionEnergy"
    before, after = hourly([], channel, HOUSE), hourly(entries, channel, HOUSE)
    assert after[:2] == before[:2]
    assert all(abs(more - 2 * one) <= 1 for one, more in zip(before[2:], after[2:], strict=True))


@pytest.mark.parametrize("disabled", ["meter3", "datasource3"])
def test_a_disabled_meter_and_one_without_its_datasource_count_nothing(disabled: str) -> None:
    entries = [
        Entry(HOURS[2], updated(disabled, enabled=False)),
        Entry(HOURS[4], updated(disabled, enabled=True)),
    ]
    assert hourly(entries, HOUSEHOLD) == [550, 550, 0, 0, 550, 550]


def test_a_new_meter_counts_until_it_is_deleted() -> None:
    made = component("meter9", "Simulator.NRCMeter.Acting", id="meter9", **{"datasource.id": "datasource3"})
    listed = [{"name": name, "value": value} for name, value in made.properties.items()]
    create = Change(CREATE, {"factoryPid": made.factory_pid, "properties": listed}, "user0: Ann", "then")
    delete = Change(DELETE, {"componentId": "meter9"}, "user0: Ann", "then")
    entries = [Entry(HOURS[1], create), Entry(HOURS[3], delete)]
    assert hourly(entries, "meter9/ActiveConsumptionEnergy") == [0, 550, 550, 0, 0, 0]
    assert hourly(entries, "_sum/ConsumptionActiveEnergy") == [1_450, 2_000, 2_000, 1_450, 1_450, 1_450]


def test_a_limit_of_an_inverter_bounds_what_it_produces() -> None:
    limit = Command("meter5/ActivePowerLimit", 1_250, HOURS[3])
    assert hourly([Entry(HOURS[2], limit)], "meter5/ActiveProductionEnergy") == [
        5_000,
        5_000,
        1_250,
        *[5_000] * 3,
    ]


def test_consumption_follows_from_the_battery_once_a_grid_meter_acts() -> None:
    listed = [{"name": "id", "value": "meter8"}, {"name": "datasource.id", "value": "datasource1"}]
    create = Change(
        CREATE, {"factoryPid": "Simulator.GridMeter.Acting", "properties": listed}, "user0: Ann", "then"
    )
    (found,) = AlikeEdges(STEADY, None, [KEY], BEGIN).lived(HOURS, [[Entry(HOURS[2], create)]])
    moved = {one.energy for one in found.counters if one.is_moved}
    assert moved == {"consumption", "buy", "sell", "charge", "discharge"}


CHANNELS = ("meter1/ActivePower", "meter3/ActivePower", "meter5/ActivePower", "meter5/ActivePowerLimit")
DEEDS = st.one_of(
    st.builds(Command, st.sampled_from(CHANNELS), st.integers(-3_000, 9_000), st.integers(0, 4 * HOUR)),
    st.builds(
        lambda own_id, enabled: updated(own_id, enabled=enabled),
        st.sampled_from(["meter1", "meter2", "meter3", "meter5", "datasource1", "datasource3", "ess0"]),
        st.booleans(),
    ),
    st.builds(
        lambda own_id, values: updated(own_id, values=values),
        st.sampled_from(["datasource1", "datasource2", "datasource3"]),
        st.lists(st.integers(-500, 5_000), max_size=3),
    ),
    st.builds(
        lambda own_id, other: updated(own_id, datasource__id=other),
        st.sampled_from(["meter1", "meter2", "meter3"]),
        st.sampled_from(["datasource1", "datasource2", "datasource3"]),
    ),
    st.builds(
        lambda own_id: Change(DELETE, {"componentId": own_id}, "user0: Ann", "then"),
        st.sampled_from(["meter2", "meter5", "datasource1"]),
    ),
)


def noted(at: int, did: Change | Command) -> Entry:
    """A written value holds for some time from its moment on."""
    return Entry(at, replace(did, end=at + did.end) if isinstance(did, Command) else did)


ENTRIES = st.lists(st.builds(noted, st.integers(BEGIN, BEGIN + DAY // 2), DEEDS), max_size=8)
MOMENTS = st.lists(st.integers(BEGIN, BEGIN + DAY // 2), min_size=1, max_size=8)


@settings(max_examples=60, deadline=None)
@given(ENTRIES, MOMENTS, st.sampled_from([HOUSE, None]))
def test_whatever_people_do_is_followed_to_the_last_watt_hour(
    entries: list[Entry], moments: list[int], profile: Mapping[str, object] | None
) -> None:
    is_followed(CHANGING, sorted(entries, key=lambda one: one.at), sorted(moments), profile)


def test_edges_that_nobody_has_changed_are_reckoned_together() -> None:
    held = Entry(HOURS[2], Command("meter3/ActivePower", 6_000, HOURS[3]))
    alike = AlikeEdges(STEADY, HOUSE, [KEY, "seed/edge4/", "seed/edge5/"], BEGIN)
    found = list(alike.lived(HOURS, [(), (held,), ()]))
    assert [list(one.places) for one in found] == [[0, 2], [1]]
    late = list(alike.lived(HOURS[:2], [(), (held,), ()]))
    assert [list(one.places) for one in late] == [[0, 1, 2]]
