"""What PV modules get under a clear sky, as docs/reference/profiles.md describes it, for many steps at once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edge_tasks.timedata.points import Whole

    Numbers = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


def irradiance(panel: Mapping[str, float], days: Whole, moments: Numbers) -> Numbers:
    """KW/m².

    Args:
        panel: ``pv`` of the profile.
        days: since 1970, of the rows.
        moments: s since 1970, a row for each day.
    """
    latitude, longitude = panel["latitude"], panel["longitude"]
    tilt, azimuth = panel.get("tilt", 0), panel.get("azimuth", 180)
    each = (date(1970, 1, 1) + timedelta(days=day) for day in days.tolist())
    number = np.array([(one - date(one.year, 1, 1)).days + 1 for one in each], np.float64)[:, None]
    declination = 23.45 * _sin(360 * (284 + number) / 365)
    place = 360 * (number - 81) / 364
    minutes = 9.87 * _sin(2 * place) - 7.53 * _cos(place) - 1.5 * _sin(place)
    hour = moments % 86_400 / 240 + longitude + minutes / 4 - 180
    up = _sin(latitude) * _sin(declination) + _cos(latitude) * _cos(declination) * _cos(hour)
    east = -_cos(declination) * _sin(hour)
    north = _cos(latitude) * _sin(declination) - _sin(latitude) * _cos(declination) * _cos(hour)
    facing = east * (_sin(tilt) * _sin(azimuth)) + north * (_sin(tilt) * _cos(azimuth)) + up * _cos(tilt)
    haze = _sin(360 * (number - 100) / 365) * (-1 if latitude < 0 else 1)
    depth, diffuse = 0.174 + 0.035 * haze, 0.095 + 0.04 * haze
    beam = 1160 + 75 * _sin(360 * (number - 275) / 365)
    sky = diffuse * (1 + _cos(tilt)) / 2
    ground = 0.2 * (up + diffuse) * (1 - _cos(tilt)) / 2
    is_day = up >= 0.01  # noqa: PLR2004 - as the page says
    through = beam / _exp(depth / np.where(is_day, up, 1))
    found: Numbers = np.where(is_day, through * (np.maximum(facing, 0) + sky + ground) / 1000, 0)
    return found


def _exp(number: Numbers) -> Numbers:
    found = 1 + number / 1024
    for _ in range(10):
        found = found * found
    return found


def _cos(degrees: Numbers | float) -> Numbers:
    return _sin(np.asarray(degrees) + 90)


def _sin(degrees: Numbers | float) -> Numbers:
    turned = np.asarray(degrees, np.float64) % 360
    is_second_half = turned > 180  # noqa: PLR2004 - half a turn
    turned = np.where(is_second_half, turned - 180, turned)
    turned = np.where(turned > 90, 180 - turned, turned)  # noqa: PLR2004 - a quarter of a turn
    angle = turned * 0.017453292519943295
    square = angle * angle
    inner = 1 - square / 110 * (1 - square / 156)
    series = 1 - square / 6 * (1 - square / 20 * (1 - square / 42 * (1 - square / 72 * inner)))
    found: Numbers = np.where(is_second_half, -angle, angle) * series
    return found
