"""What edges are made of: of each group the template with its households, the load shape and the seed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from edge_tasks.checkout import load_shapes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from edge_tasks.checkout.load_shapes import LoadShape
    from edge_tasks.checkout.template import Template
    from edge_tasks.fleet.groups import Group
    from edge_tasks.fleet.identity import Edge
    from edge_tasks.openems.configuration import Component


@dataclass(frozen=True)
class Blueprint:
    """What all edges of a group are made of.

    Attributes:
        group: which edges, and the time zone of their people.
        template: with the group's households.
        shape: what light edges follow; None for the constants of the datasources.
    """

    group: Group
    template: Template
    shape: LoadShape | None

    @property
    def digest(self) -> str:
        """A digest of all that its edges are made of and follow; without a load shape the seed means nothing."""
        shape = [self.group.seed, self.shape.digest] if self.shape else []
        return hashlib.sha256(json.dumps([self.template.digest, *shape]).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class DescribedEdge:
    """All that the powers of a light edge follow from.

    Attributes:
        name: e.g. ``edge3``.
        index: 3 of ``edge3``.
        group: the name of its group; empty in a fleet without groups.
        zone: the IANA time zone of the people there.
        components: what its template configures, households included, sorted by id.
        profile: the content of its profile, for :meth:`.load_curve.Profile.of`; None for the constants of the
            datasources.
        seed: the first part of the keys of its meters, ``SEED/EDGE/METER``.
    """

    name: str
    index: int
    group: str
    zone: str
    components: tuple[Component, ...]
    profile: Mapping[str, object] | None
    seed: str

    def source_key(self, meter: str) -> str:
        """The key that a meter's load curve is drawn from."""
        return f"{self.seed}/{self.name}/{meter}"


@dataclass(frozen=True)
class Blueprints:
    """The blueprints of a fleet.

    Attributes:
        each: one for each group, at least one.
    """

    each: tuple[Blueprint, ...]

    @classmethod
    def of_groups(
        cls, groups: Iterable[Group], template: Callable[[int], Template], platform: Path
    ) -> Blueprints:
        """The blueprints of some groups.

        Args:
            groups: at least one.
            template: the platform's, by the number of households that it is to have.
            platform: whose own profiles are found first.

        Raises:
            SettingsError: a template or a profile is missing or not usable.
        """
        groups = tuple(groups)
        templates = {count: template(count) for count in sorted({group.households for group in groups})}
        shapes = {name: load_shapes.find(name, platform) for name in sorted({group.profile for group in groups})}
        return cls(tuple(Blueprint(one, templates[one.households], shapes[one.profile]) for one in groups))

    def of(self, edge: Edge) -> Blueprint:
        """The one of an edge; the last one for an edge beyond all groups, of a larger fleet that was saved."""
        return next((one for one in self.each if edge.index in one.group), self.each[-1])

    def by_group(self, edges: Iterable[Edge]) -> list[tuple[Blueprint, list[Edge]]]:
        """The edges of each blueprint, in their order."""
        found: dict[str, list[Edge]] = {one.group.name: [] for one in self.each}
        for edge in edges:
            found[self.of(edge).group.name].append(edge)
        return [(one, found[one.group.name]) for one in self.each]

    @cached_property
    def components(self) -> tuple[Component, ...]:
        """All components of all templates, each once."""
        found = {component.pid: component for one in self.each for component in one.template.components}
        return tuple(found.values())

    @property
    def template_digest(self) -> str:
        """A digest of the templates, households included."""
        digests = list(dict.fromkeys(one.template.digest for one in self.each))
        return digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()

    @cached_property
    def digest(self) -> str:
        """A digest of which edges are made of what."""
        parts = [[one.digest, *((found.start, found.stop) for found in one.group.ranges)] for one in self.each]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]

    def described(self, edges: Iterable[Edge]) -> Iterator[DescribedEdge]:
        """What the powers of these edges follow from, in their order."""
        for edge in edges:
            made = self.of(edge)
            yield DescribedEdge(
                name=edge.name,
                index=edge.index,
                group=made.group.name,
                zone=made.group.zone,
                components=made.template.components,
                profile=made.shape.content if made.shape else None,
                seed=made.group.seed,
            )
