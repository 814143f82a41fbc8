"""The power of PV modules under a clear sky, by what every machine rounds alike.

Only the four basic operations are used, in the order in which docs/reference/profiles.md writes them. IEEE 754
says of each of them to the last bit what comes out, and of the sine of a library it does not.

The position of the sun is Cooper's and Spencer's, the clear sky ASHRAE's, as in G. M. Masters, *Renewable and
Efficient Electric Power Systems*, chapter 4.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from edge_tasks.openems.load_curve_terms import Panel

BRIGHTEST: Final = 1.5
"""More kW/m² than any module gets under this sky."""

_RADIANS: Final = 0.017453292519943295
_LOWEST: Final = 0.01
"""The sine of the sun's height below which it does not count."""
_DIVISORS: Final = (156.0, 110.0, 72.0, 42.0, 20.0, 6.0)
_GROUND: Final = 0.2
"""What the ground reflects."""


def height(second: int, sunrise: int, sunset: int) -> float:
    """The sun's power between its rise and its set: near sin^1.5."""
    if not sunrise < second < sunset:
        return 0.0
    share = (second - sunrise) / (sunset - sunrise)
    arc = 4 * share * (1 - share)
    sine = 4 * arc / (5 - arc)
    return sine * math.sqrt(sine)


class ClearDay:
    """What modules get on one day.

    Args:
        panel: where they are, and how they are turned.
        number: of the day in its year, 1 on 1 January.
    """

    def __init__(self, panel: Panel, number: int) -> None:
        self._longitude, self._tilt = panel.longitude, _cosine(panel.tilt)
        self._sin_latitude, self._cos_latitude = _sine(panel.latitude), _cosine(panel.latitude)
        self._east = _sine(panel.tilt) * _sine(panel.azimuth)
        self._north = _sine(panel.tilt) * _cosine(panel.azimuth)
        declination = 23.45 * _sine(360 * (284 + number) / 365)
        self._sin_declination, self._cos_declination = _sine(declination), _cosine(declination)
        place = 360 * (number - 81) / 364
        self._minutes = 9.87 * _sine(2 * place) - 7.53 * _cosine(place) - 1.5 * _sine(place)
        haze = _sine(360 * (number - 100) / 365) * (1 if panel.latitude >= 0 else -1)
        self._beam = 1160 + 75 * _sine(360 * (number - 275) / 365)
        self._depth = 0.174 + 0.035 * haze
        self._diffuse = 0.095 + 0.04 * haze

    def irradiance(self, second: float) -> float:
        """KW/m² at a second of the day of UTC."""
        hour = second / 240 + self._longitude + self._minutes / 4 - 180
        cos_hour = _cosine(hour)
        up = self._sin_latitude * self._sin_declination + self._cos_latitude * self._cos_declination * cos_hour
        if up < _LOWEST:
            return 0.0
        east = -self._cos_declination * _sine(hour)
        north = self._cos_latitude * self._sin_declination - self._sin_latitude * self._cos_declination * cos_hour
        facing = east * self._east + north * self._north + up * self._tilt
        sky = self._diffuse * (1 + self._tilt) / 2
        ground = _GROUND * (up + self._diffuse) * (1 - self._tilt) / 2
        return self._beam / _grown(self._depth / up) * (max(facing, 0.0) + sky + ground) / 1000


def _grown(number: float) -> float:
    """Nearly e to a power: (1 + x/1024) to the 1024th."""
    found = 1 + number / 1024
    for _ in range(10):
        found *= found
    return found


def _cosine(degrees: float) -> float:
    return _sine(degrees + 90)


def _sine(degrees: float) -> float:
    """The first seven terms of its series."""
    turned = degrees % 360
    sign = 1.0
    if turned > 180:  # noqa: PLR2004 - half a turn
        turned, sign = turned - 180, -1.0
    if turned > 90:  # noqa: PLR2004 - a quarter of it
        turned = 180 - turned
    angle = turned * _RADIANS
    square = angle * angle
    found = 1.0
    for divisor in _DIVISORS:
        found = 1 - square / divisor * found
    return sign * angle * found
