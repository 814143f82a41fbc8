"""Blueprints of fleets for tests: the bundled template, as a fleet has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge_tasks.checkout.blueprints import Blueprints
from edge_tasks.checkout.layouts import Platform, bundled_source
from edge_tasks.fleet.groups import Group

if TYPE_CHECKING:
    from pathlib import Path

    from edge_tasks.fleet.identity import Fleet


def whole(fleet: Fleet, *, households: int = 0, profile: str = "constant", seed: str = "seed") -> Group:
    """The one group of a fleet without a fleet file."""
    return Group("", (range(fleet.size),), light=False, households=households, profile=profile, seed=seed)


def blueprints(*groups: Group, platform: Path | None = None) -> Blueprints:
    """What the edges of these groups are made of, on the bundled template."""
    bundled = Platform(bundled_source(), bundled=False)
    return Blueprints.of_groups(groups, bundled.template, platform or bundled.path)
