"""Five minutes of an edge as one message: averages of powers and charges, energies as they stand at the end.

As in OpenEMS: the maximum of cumulated channels, which is the last value, the most frequent of states, and the
rounded average of the others. The averages are exact: energies divided by time.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final

from edge_tasks.light.engine.plant import WMS_PER_WH

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edge_tasks.light.engine.channels import Channels
    from edge_tasks.light.engine.simulation import Simulation

LENGTH: Final = 300_000
"""In ms."""


class Window:
    """The five minutes in which a simulation is.

    Args:
        simulation: the window begins where it stands.

    Attributes:
        end: epoch ms.
    """

    __slots__ = ("_began", "_charges", "_net", "end")

    def __init__(self, simulation: Simulation) -> None:
        self._began = simulation.now
        self._net = simulation.net()
        self._charges = simulation.charges()
        self.end = simulation.now // LENGTH * LENGTH + LENGTH

    @property
    def start(self) -> int:
        """Epoch ms, by which the window is known."""
        return self.end - LENGTH

    def close(self, simulation: Simulation, channels: Channels) -> bytes:
        """The text of the channels that follow the simulation, which stands at the window's end."""
        span = max(1, simulation.now - self._began)
        powers = [
            _rounded(after - before, span) for after, before in zip(simulation.net(), self._net, strict=True)
        ]
        readings = (*channels.readings, *channels.averages)
        values = ((reading.text, reading.average(simulation, powers)) for reading in readings)
        parts = [text.of(value) for text, value in values if value is not None]
        for number, (place, text) in enumerate(channels.counted):
            value = simulation.counter(place) // WMS_PER_WH
            if value or number not in channels.null:
                parts.append(text.of(value))
        charges = [(one + two) // 2 for one, two in zip(self._charges, simulation.charges(), strict=True)]
        socs = simulation.plant.socs(charges)
        parts += [text.of(soc) for text, soc in zip(channels.levels, socs, strict=True)]
        return b",".join(parts)


def windows(simulation: Simulation, channels: Channels, until: int) -> Iterator[tuple[int, bytes]]:
    """The windows from where a simulation stands until epoch ms, each with its start and its text."""
    window = Window(simulation)
    while window.end <= until:
        simulation.advance(window.end)
        yield window.start, window.close(simulation, channels)
        window = Window(simulation)


def sent_after(edge: str, life: int, within_s: int) -> int:
    """How many ms after its end a window of the named edge is sent.

    As in OpenEMS from 2024.12.0 on, these are whole seconds, drawn once for the life of the process.

    Args:
        edge: its name.
        life: a number of this run of the host.
        within_s: seconds that are never reached; 0 for a release that sends at once.
    """
    return zlib.crc32(f"{life}/{edge}".encode()) % within_s * 1000 if within_s else 0


def _rounded(energy: int, span: int) -> int:
    """The power in W of an energy in W*ms over so many ms, rounded half up as Java does."""
    return (2 * energy + span) // (2 * span)
