"""What is asked as a billing engine asks, and how answers are read."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from edge_tasks.errors import BackendError
from edge_tasks.proof.backend_api import BackendApi
from edge_tasks.proof.energies import Days, ask_days, ask_energy, asked_for_energies

if TYPE_CHECKING:
    from collections.abc import Mapping

CONSUMED = "_sum/ConsumptionActiveEnergy"
FOUR_DAYS = Days(date(2025, 10, 3), date(2025, 10, 6), "Africa/Kampala")


class Answering(BackendApi):
    """A backend that answers all questions alike."""

    answer: Mapping[str, Any] | None
    asked: list[tuple[str, str, Mapping[str, object]]]

    @classmethod
    def with_answer(cls, answer: Mapping[str, Any] | None) -> Answering:
        found = cls("http://127.0.0.1:1", "admin", "secret")
        object.__setattr__(found, "answer", answer)
        object.__setattr__(found, "asked", [])
        return found

    def ask_edge(self, name: str, method: str, params: Mapping[str, object]) -> dict[str, Any] | None:
        self.asked.append((name, method, params))
        return None if self.answer is None else dict(self.answer)


def test_each_value_is_put_on_the_day_of_the_place_that_its_timestamp_is_in() -> None:
    timestamps = ["2025-10-03T21:00:00Z", "2025-10-04T21:00:00Z", "2025-10-06T21:00:00Z"]
    backend = Answering.with_answer({"timestamps": timestamps, "data": {CONSUMED: [1_234.5, None, 9]}})
    found = ask_days(backend, "edge0", [CONSUMED, "meter9/None"], FOUR_DAYS)
    assert found == {CONSUMED: [None, 1_234.5, None, None], "meter9/None": [None] * 4}
    ((name, method, params),) = backend.asked
    assert (name, method) == ("edge0", "queryHistoricTimeseriesEnergyPerPeriod")
    assert (params["fromDate"], params["toDate"]) == ("2025-10-03", "2025-10-06")
    assert (params["timezone"], params["resolution"]) == ("Africa/Kampala", {"value": 1, "unit": "Days"})


def test_all_days_together_are_one_value() -> None:
    backend = Answering.with_answer({"data": {CONSUMED: 48_000}})
    assert ask_energy(backend, "edge0", [CONSUMED, "a/b"], FOUR_DAYS) == {CONSUMED: 48_000, "a/b": None}
    assert backend.asked[0][1] == "queryHistoricTimeseriesEnergy"


def test_without_a_result_there_is_no_energy() -> None:
    backend = Answering.with_answer(None)
    assert ask_days(backend, "edge0", [CONSUMED], FOUR_DAYS) == {CONSUMED: [None] * 4}
    assert ask_energy(backend, "edge0", [CONSUMED], FOUR_DAYS) == {CONSUMED: None}


def test_energies_are_not_asked_where_there_is_no_rest_api() -> None:
    with pytest.raises(BackendError, match="REST API"):
        asked_for_energies(None)
