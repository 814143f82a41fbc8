"""An incident that is noted can be typed again."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from edge_tasks.fleet.incident_entry import typed
from edge_tasks.history.incident_text import as_typed
from edge_tasks.history.past_incidents import PastIncidents

DAY = 86_400_000
AUGUST = 1_754_006_400_000  # 2025-08-01 in UTC
KAMPALA = ZoneInfo("Africa/Kampala")
PAST = PastIncidents(AUGUST, AUGUST + 31 * DAY, AUGUST + 31 * DAY, KAMPALA)


@pytest.mark.parametrize(
    "text",
    [
        "gap edges=3 from=2025-08-03 to=2025-08-04",
        "clock edges=3 from=2025-08-03T10:00:00.123Z to=2025-08-04 shift=-1h",
        "clock edges=3 from=2025-08-03 to=2025-08-04 shift=90s",
        "meter-replaced edges=3 meter=meter3 at=2025-08-03",
        "counter-reset edges=3 channel=meter3/ActiveConsumptionEnergy at=2025-08-03",
        "counter-reset edges=3 at=2025-08-03",
        "left edges=3 at=2025-08-03T10:00Z",
    ],
)
def test_it_means_the_same_when_it_is_typed_again(text: str) -> None:
    incident = PAST.dated(typed(text)).incident
    again = typed(as_typed(incident, 3, KAMPALA))
    assert (PAST.dated(again).incident, again.ranges) == (incident, (range(3, 4),))
