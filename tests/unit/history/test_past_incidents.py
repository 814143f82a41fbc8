"""Which incidents an edge has, and which cannot be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from edge_tasks.errors import SettingsError
from edge_tasks.fleet import incidents as kinds
from edge_tasks.fleet.incident_entry import typed
from edge_tasks.history.past_incidents import PastIncidents
from tests.unit.history.truth.edges import BATTERY, DAY, components_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from edge_tasks.fleet.incidents import Incident
    from edge_tasks.openems.configuration import Component

AUGUST = 1_754_006_400_000  # 2025-08-01 in UTC
HOUR = 3_600_000


@dataclass(frozen=True)
class Edge:
    components: Sequence[Component]
    name: str = "edge3"
    profile: Mapping[str, object] | None = None

    def source_key(self, meter: str) -> str:
        return meter


EDGE = Edge(components_of(BATTERY))


def past(zone: str = "UTC", days: int = 31) -> PastIncidents:
    return PastIncidents(AUGUST, AUGUST + days * DAY, AUGUST + days * DAY, ZoneInfo(zone))


def found(*texts: str, days: int = 31) -> tuple[Incident, ...]:
    own = past(days=days)
    return own.of_edge(EDGE, [own.dated(typed(text)) for text in texts])


def test_days_are_those_of_the_zone_and_both_belong_to_it() -> None:
    (incident, _) = past("Africa/Kampala").dated(typed("gap from=2025-08-03 to=2025-08-04"))
    assert (incident.begin, incident.end) == (AUGUST + 2 * DAY - 3 * HOUR, AUGUST + 4 * DAY - 3 * HOUR)
    (incident, _) = past().dated(typed("gap from=2025-08-03T10:00Z to=2025-08-03T12:00:00+01:00"))
    assert (incident.begin, incident.end) == (AUGUST + 2 * DAY + 10 * HOUR, AUGUST + 2 * DAY + 11 * HOUR)
    (incident, _) = past().dated(typed("left at=2025-08-03"))
    assert (incident.begin, incident.end) == (AUGUST + 2 * DAY, AUGUST + 2 * DAY)


def test_incidents_are_in_the_order_in_which_they_begin_without_those_before_the_past() -> None:
    texts = ("left at=2025-08-09", "gap from=2025-08-03 to=2025-08-04", "gap from=2025-07-03 to=2025-07-31")
    assert [one.kind for one in found(*texts, "meter-replaced meter=meter3 at=2025-08-03")] == [
        kinds.METER_REPLACED,
        kinds.GAP,
        kinds.LEFT,
    ]
    own = past()
    assert [own.is_over(own.dated(typed(text)).incident) for text in texts] == [False, False, True]


@pytest.mark.parametrize(
    ("texts", "problem"),
    [
        (["gap from=2025-08-04 to=2025-08-03"], "from 2025-08-04 is not before to 2025-08-03"),
        (["gap from=2025-08-04T01:00Z to=2025-08-04T01:00Z"], "is not before"),
        (["gap from=2025-08-04 to=2025-09-03"], "to 2025-09-03 is in the future"),
        (["left at=2025-09-03"], "at 2025-09-03 is in the future"),
        (["meter-replaced meter=meter9 at=2025-08-03"], "edge3 has no meter meter9"),
        (["meter-replaced meter=ess0 at=2025-08-03"], "edge3 has no meter ess0"),
        (["counter-reset channel=meter3/ActivePower at=2025-08-03"], "edge3 has no counter meter3/ActivePower"),
        (
            ["gap from=2025-08-04 to=2025-08-06", "late from=2025-08-06 to=2025-08-07"],
            "cannot have both this late",
        ),
        (["joined at=2025-08-04", "joined at=2025-08-05"], "cannot have both"),
        (["left at=2025-08-04", "left at=2025-08-05"], "cannot have both"),
        (["left at=2025-08-04", "joined at=2025-08-05"], "cannot have both"),
        (["left at=2025-08-04", "joined at=2025-08-04"], "cannot have both"),
        (["left at=2025-08-04", "counter-reset at=2025-08-04"], "cannot have both"),
        (["left at=2025-08-04", "gap from=2025-08-03 to=2025-08-05"], "cannot have both"),
        (["joined at=2025-08-04", "counter-reset at=2025-08-03"], "cannot have both"),
        (["left at=2025-08-01"], "edge3 would leave before its past begins"),
        (["left at=2025-07-01"], "edge3 would leave before its past begins"),
    ],
)
def test_what_cannot_be_is_refused_with_the_text(texts: list[str], problem: str) -> None:
    with pytest.raises(SettingsError) as caught:
        found(*texts)
    assert caught.value.message.startswith("--incident '")
    assert problem in caught.value.message
    assert caught.value.hint


def test_an_edge_cannot_join_when_its_past_is_over() -> None:
    own = PastIncidents(AUGUST, AUGUST + 3 * DAY, AUGUST + 9 * DAY, ZoneInfo("UTC"))
    with pytest.raises(SettingsError, match="edge3 would join when its past is over"):
        own.of_edge(EDGE, [own.dated(typed("joined at=2025-08-04"))])


def test_a_meter_that_is_not_there_is_answered_with_those_that_are() -> None:
    with pytest.raises(SettingsError) as caught:
        found("meter-replaced meter=meter9 at=2025-08-03")
    assert caught.value.hint == "it has meter0, meter1, meter2, meter3"


def test_incidents_that_touch_each_other_may_be() -> None:
    texts = (
        "gap from=2025-08-03 to=2025-08-04",
        "clock from=2025-08-05 to=2025-08-06 shift=1h",
        "joined at=2025-08-03",
        "left at=2025-08-07",
    )
    assert len(found(*texts, "counter-reset at=2025-08-04", "counter-reset at=2025-08-05")) == 6
