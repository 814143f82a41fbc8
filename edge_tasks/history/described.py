"""What a light edge's past follows from, and the life that this makes."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from edge_tasks.history.life import Life
from edge_tasks.light.devices import DEVICES
from edge_tasks.openems.load_curve import Profile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from edge_tasks.light.engine.channels import Channels
    from edge_tasks.light.engine.plant import Plant
    from edge_tasks.openems.configuration import Component
    from edge_tasks.openems.load_curve_terms import Kind
    from edge_tasks.openems.sources import Datasource, Source


class Described(Protocol):
    """A light edge, as far as its powers follow from it; a :class:`.blueprints.DescribedEdge` is one."""

    @property
    def name(self) -> str:
        """``edge3``."""

    @property
    def components(self) -> Sequence[Component]:
        """What its template configures; the same object for all edges of a template."""

    @property
    def profile(self) -> Mapping[str, object] | None:
        """The load shape, as :meth:`.load_curve.Profile.of` takes it; None for the datasources' constants."""

    def source_key(self, meter: str) -> str:
        """The key of a meter's load curve."""


_TEXTS: Final[dict[int, tuple[Mapping[str, object] | None, str]]] = {}
"""The profile that was last made a text, by its identity; kept, so that no other one gets that identity."""


@dataclass(frozen=True)
class Lives:
    """Makes the lives of edges. What edges of one template have in common is made once."""

    _models: dict[int, tuple[Sequence[Component], Plant, Channels]] = field(default_factory=dict)
    _profiles: dict[int, tuple[Mapping[str, object], Profile]] = field(default_factory=dict)

    def of(self, edge: Described, begin: int) -> tuple[Life, Channels]:
        """The life of an edge from epoch ms on, and its channels."""
        plant, channels = self.devices(edge.components)
        return Life(plant, tuple(self._sources(edge, plant, begin)), begin), channels

    def devices(self, components: Sequence[Component]) -> tuple[Plant, Channels]:
        """The devices that these components make, and their channels."""
        if id(components) not in self._models:
            plant = DEVICES.plant(components)
            self._models[id(components)] = components, plant, DEVICES.channels(components, plant)
        _, plant, channels = self._models[id(components)]
        return plant, channels

    def _sources(self, edge: Described, plant: Plant, begin: int) -> Iterator[Source]:
        profile = self._profile(edge.profile)
        for kind, meters in _kinds(plant):
            for meter, datasource in meters:
                shaped = None
                if profile is not None and datasource.values:
                    shaped = profile.source(kind, datasource.at(0), edge.source_key(meter))
                yield shaped or datasource.since(begin)
        yield from (datasource.since(begin) for _, datasource in plant.demands)

    def _profile(self, content: Mapping[str, object] | None) -> Profile | None:
        if content is None:
            return None
        if id(content) not in self._profiles:
            self._profiles[id(content)] = content, Profile.of(content)
        return self._profiles[id(content)][1]


def mark(edge: Described) -> str:
    """A digest of all that an edge's past follows from."""
    components = [[one.id, one.factory_pid, sorted(one.properties.items())] for one in edge.components]
    parts = [json.dumps(components), _text_of(edge.profile), json.dumps(edge.source_key(""))]
    return hashlib.sha256(f"[{', '.join(parts)}]".encode()).hexdigest()[:16]


def _text_of(profile: Mapping[str, object] | None) -> str:
    """A profile as JSON; it may have a year of readings, and thousands of edges share it."""
    if id(profile) not in _TEXTS:
        _TEXTS.clear()
        _TEXTS[id(profile)] = profile, json.dumps(profile, sort_keys=True)
    _, text = _TEXTS[id(profile)]
    return text


def _kinds(plant: Plant) -> tuple[tuple[Kind, tuple[tuple[str, Datasource], ...]], ...]:
    return ("production", plant.producers), ("consumption", plant.consumers)
