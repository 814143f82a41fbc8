from __future__ import annotations

import asyncio
import threading
from datetime import date
from typing import TYPE_CHECKING, Any

from edge_tasks.errors import BackendError
from edge_tasks.page.energies import Asked, Asking, Energies, Scope
from edge_tasks.page.energy import Year
from tests.waiting import LONG_S

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from edge_tasks.proof.energies import Days

CHANNELS = {"consumption": "_sum/ConsumptionActiveEnergy", "buy": "_sum/GridBuyActiveEnergy"}
FLEET = Asked()


class Fleet:
    """So many edges, each of which used 1 kWh on the first day of the year that is asked for."""

    def __init__(self, edges: int) -> None:
        self.names = [f"edge{index}" for index in range(edges)]
        self.failing: set[str] = set()
        self.asked: list[str] = []
        self.lacking = ""
        self.at_once = self.most_at_once = 0
        self.may_answer = threading.Event()
        self.may_answer.set()
        self._lock = threading.Lock()

    def scope(self, asked: Asked) -> Scope | None:
        names = [asked.edge] if asked.edge else self.names
        return None if asked.group else Scope(dict.fromkeys(names, "UTC"), CHANNELS)

    def days(self, edge: str, channels: Sequence[str], days: Days) -> Mapping[str, list[int | None]]:
        with self._lock:
            self.asked.append(edge)
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        self.may_answer.wait(LONG_S)
        with self._lock:
            self.at_once -= 1
        if edge in self.failing:
            raise BackendError("it does not answer", hint="inv up")
        return {
            channel: [None if channel == self.lacking else 1000, *[None for _ in days.each[1:]]]
            for channel in channels
        }


async def answered(energies: Energies, asked: Asked = FLEET, kind: str = "buy") -> dict[str, Any]:
    while True:
        found = await energies.read(asked, kind, "")
        assert found is not None
        if found["is_done"]:
            return found
        await asyncio.sleep(0.01)


def test_a_large_fleet_is_asked_a_few_at_once_and_says_how_far_it_is() -> None:
    async def check() -> None:
        fleet = Fleet(200)
        fleet.may_answer.clear()
        energies = Energies(fleet)
        first = await energies.read(FLEET, "buy", "")
        assert first is not None
        assert (first["asked"], first["all"], first["is_done"]) == (0, 200, False)
        assert "year_chart" not in first
        fleet.may_answer.set()
        last = await answered(energies)
        assert (last["asked"], last["kind"]) == (200, "buy")
        assert last["year_told"].startswith("200.0 kWh in 1 day (UTC).")
        assert fleet.most_at_once <= 8
        energies.close()

    asyncio.run(check())


def test_each_edge_is_asked_once_for_all_energies_however_often_the_page_reads() -> None:
    async def check() -> None:
        fleet = Fleet(20)
        energies = Energies(fleet)
        await answered(energies, kind="buy")
        await answered(energies, kind="consumption")
        assert sorted(fleet.asked) == sorted(fleet.names)
        await answered(energies, Asked(edge="edge3"))
        assert len(fleet.asked) == 21
        energies.close()

    asyncio.run(check())


def test_what_is_not_of_the_fleet_is_not_asked() -> None:
    async def check() -> None:
        energies = Energies(Fleet(1))
        assert await energies.read(Asked(group="other"), "", "") is None
        energies.close()

    asyncio.run(check())


def test_an_edge_that_cannot_be_asked_is_left_out_with_the_reason() -> None:
    async def check() -> None:
        fleet = Fleet(20)
        fleet.failing = {"edge7"}
        energies = Energies(fleet)
        found = await answered(energies)
        assert (found["asked"], found["problem"], found["hint"]) == (20, "it does not answer", "inv up")
        assert found["year_told"].startswith("19.0 kWh")
        energies.close()

    asyncio.run(check())


def test_a_backend_that_answers_nothing_is_not_asked_for_every_edge() -> None:
    async def check() -> None:
        fleet = Fleet(500)
        fleet.failing = set(fleet.names)
        energies = Energies(fleet)
        found = await answered(energies)
        assert len(fleet.asked) < 32
        assert found["year_told"] == "The backend answers nothing about this time."
        energies.close()

    asyncio.run(check())


def test_an_energy_that_no_edge_counts_is_not_a_backend_that_answers_nothing() -> None:
    async def check() -> None:
        fleet = Fleet(3)
        fleet.lacking = CHANNELS["buy"]
        energies = Energies(fleet)
        found = await answered(energies, kind="buy")
        assert found["year_told"] == (
            "The backend answers about other energies of this time: none of these edges counts this one."
            " Without a grid meter nothing is bought."
        )
        assert found["month_told"] == "The backend answers nothing about this time.", "of the last month"
        assert (await answered(energies, kind="consumption"))["year_told"].startswith("3.0 kWh")
        energies.close()

    asyncio.run(check())


def test_a_page_that_goes_ends_the_asking() -> None:
    async def check() -> None:
        fleet = Fleet(200)
        fleet.may_answer.clear()
        energies = Energies(fleet)
        await energies.read(FLEET, "", "")
        energies.close()
        fleet.may_answer.set()
        await asyncio.sleep(0.05)
        assert len(fleet.asked) <= 8

    asyncio.run(check())


def test_an_answer_is_kept_ten_times_as_long_as_it_took_and_not_beyond_midnight() -> None:
    today = date(2025, 11, 20)
    asking = Asking.begin(Scope({"edge0": "UTC"}, CHANNELS), Year(today, ("UTC",)))
    assert asking.is_worth(asking.began + 1000, today)
    asking.ended = asking.began + 60
    assert asking.is_worth(asking.ended + 599, today)
    assert not asking.is_worth(asking.ended + 600, today)
    assert not asking.is_worth(asking.ended, date(2025, 11, 21))


def test_edges_that_could_not_be_asked_are_asked_again_soon_but_not_before_the_page_has_seen_it() -> None:
    today = date(2025, 11, 20)
    asking = Asking.begin(Scope({"edge0": "UTC"}, CHANNELS), Year(today, ("UTC",)))
    fleet = Fleet(1)
    fleet.failing = {"edge0"}
    asking.ask(fleet, "edge0")
    asking.ended = asking.began + 60
    assert asking.is_worth(asking.ended + 1, today)
    assert not asking.is_worth(asking.ended + 3, today)
