"""``Ess.Cluster``: batteries that are led as one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.unit.light.devices.built_edge import Build, Edge, Part

HOUR = 3_600_000
REACTING = "Simulator.EssSymmetric.Reacting"
BALANCING: Part = ("ctrlBalancing0", "Controller.Symmetric.Balancing", {"ess__id": "ess0", "meter__id": "meter0"})
SMALL: dict[str, Any] = {"capacity": 1000, "maxApparentPower": 1000}


def _cluster(
    edge: Build, used: int, *others: Part, socs: tuple[int, int] = (50, 50), pid_filter: bool = False
) -> Edge:
    return edge(
        ("datasource0", "Simulator.Datasource.Single.Direct", {"values": (used,)}),
        ("meter3", "Simulator.NRCMeter.Acting", {}),
        ("meter0", "Simulator.GridMeter.Reacting", {}),
        ("ess0", "Ess.Cluster", {"ess__ids": ("ess1", "ess2")}),
        ("ess1", REACTING, {**SMALL, "initialSoc": socs[0]}),
        ("ess2", REACTING, {**SMALL, "initialSoc": socs[1]}),
        *others,
        pid_filter=pid_filter,
    )


def _powers(found: Edge) -> list[int]:
    values = found.values
    return [values[f"ess{number}/ActivePower"] for number in (0, 1, 2)]


def test_it_says_what_its_batteries_are_together(edge: Build) -> None:
    values = _cluster(edge, 600, BALANCING, socs=(30, 80)).values
    assert [values[f"ess0/{name}"] for name in ("Capacity", "MaxApparentPower", "Soc")] == [2000, 2000, 55]
    assert (values["ess0/AllowedChargePower"], values["ess0/AllowedDischargePower"]) == (-2000, 2000)
    assert [values[f"ess0/ActivePower{phase}"] for phase in ("", "L1", "L2", "L3")] == [600, 200, 200, 200]


def test_the_sums_of_the_edge_do_not_count_it_twice(edge: Build) -> None:
    found = _cluster(edge, 600, BALANCING)
    assert (found.values["_sum/EssActivePower"], found.values["_sum/EssCapacity"]) == (600, 2000)
    assert found.values["meter0/ActivePower"] == 0
    values = found.after(HOUR).values
    assert values["ess0/ActiveDischargeEnergy"] == values["_sum/EssActiveDischargeEnergy"]


@pytest.mark.parametrize(
    ("used", "socs", "powers"),
    [
        (600, (50, 50), [600, 600, 0]),
        (600, (30, 80), [600, 0, 600]),
        (-600, (30, 80), [-600, -600, 0]),
        (1500, (50, 50), [1500, 750, 750]),
        (9000, (50, 50), [2000, 1000, 1000]),
    ],
)
def test_balancing_leads_all_of_them(edge: Build, used: int, socs: tuple[int, int], powers: list[int]) -> None:
    assert _powers(_cluster(edge, used, BALANCING, socs=socs)) == powers


def test_when_one_is_empty_the_other_goes_on(edge: Build) -> None:
    found = _cluster(edge, 500, BALANCING, socs=(50, 50))
    values = found.after(2 * HOUR - 120_000).values
    assert values["ess0/ActivePower"] == 500
    assert abs(values["ess1/ActiveDischargeEnergy"] + values["ess2/ActiveDischargeEnergy"] - 983) <= 1
    assert 0 < values["ess1/ActiveDischargeEnergy"] <= 500
    values = found.after(2 * HOUR).values
    assert (values["ess0/Soc"], values["ess0/ActivePower"], values["meter0/ActivePower"]) == (0, 0, 500)


def test_without_a_controller_all_stand_still(edge: Build) -> None:
    assert _powers(_cluster(edge, 600)) == [0, 0, 0]


def test_a_power_can_be_written_to_it_and_to_its_batteries(edge: Build) -> None:
    assert _powers(_cluster(edge, 600, BALANCING).write("ess0/SetActivePowerEquals", -1200)) == [
        -1200,
        -600,
        -600,
    ]
    assert _powers(_cluster(edge, 600, BALANCING).write("ess1/SetActivePowerEquals", -100)) == [600, -100, 700]


def test_the_filter_leads_them_together(edge: Build) -> None:
    found = _cluster(edge, 600, BALANCING, pid_filter=True)
    assert _powers(found)[0] == 0
    assert 0 < _powers(found.after(3000))[0] < 600
    assert _powers(found.after(60_000))[0] == 600


def test_total_discharge_is_limited_by_the_clusters_state_of_charge(edge: Build) -> None:
    limit: Part = ("ctrlLimit0", "Controller.Ess.LimitTotalDischarge", {"ess__id": "ess0", "minSoc": 40})
    values = _cluster(edge, 600, BALANCING, limit).after(HOUR).values
    assert (values["ess0/Soc"], values["ess0/ActivePower"]) == (40, 0)
    own: Part = ("ctrlLimit0", "Controller.Ess.LimitTotalDischarge", {"ess__id": "ess1", "minSoc": 40})
    values = _cluster(edge, 600, BALANCING, own).after(2 * HOUR).values
    assert (values["ess1/Soc"], values["ess2/Soc"]) == (40, 0)


@pytest.mark.parametrize("ids", [(), ("ess8", "ess9")])
def test_a_cluster_of_nothing_does_nothing(edge: Build, ids: tuple[str, ...]) -> None:
    found = edge(("ess0", "Ess.Cluster", {"ess__ids": ids}), ("ess1", REACTING, {}), BALANCING)
    assert "ess0/ActivePower" not in found.values
    assert found.values["ess1/ActivePower"] == 0


def test_a_battery_is_in_the_first_cluster_that_names_it(edge: Build) -> None:
    other: Part = ("ess9", "Ess.Cluster", {"ess__ids": ("ess2",)})
    assert [one.id for one in _cluster(edge, 600, other).model.plant.clusters] == ["ess0"]
