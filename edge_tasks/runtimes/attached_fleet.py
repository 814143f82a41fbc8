"""What a light host is told of edges that belong to a backend elsewhere. Pure."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from edge_tasks.fleet.groups import Group, ranges_holding
from edge_tasks.fleet.identity import Edge
from edge_tasks.runtimes import light_groups

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import PurePosixPath

    from edge_tasks.checkout.blueprints import Blueprints
    from edge_tasks.fleet.keys_file import EdgeKey
    from edge_tasks.runtimes.light_options import LightOptions


def groups_of(keys: Sequence[EdgeKey], seed: str, profile: str, households: int) -> tuple[Group, ...]:
    """The edges by their seeds: a fleet with a fleet file has one for each of its groups.

    Args:
        keys: of the edges, by their numbers.
        seed: instead of theirs; empty for theirs.
        profile: a name or a path.
        households: how many each edge has beside the meters of the template.
    """
    indices: dict[str, list[int]] = {}
    for key in keys:
        indices.setdefault(seed or key.seed, []).append(key.index)
    is_one = len(indices) == 1
    return tuple(
        Group(
            name="" if is_one else f"seed {number}",
            ranges=ranges_holding(own),
            light=True,
            households=households,
            profile=profile,
            seed=own_seed,
        )
        for number, (own_seed, own) in enumerate(indices.items())
    )


def fleet_document(
    keys: Sequence[EdgeKey], blueprints: Blueprints, uri: str, options: LightOptions
) -> dict[str, object]:
    """The fleet file of the edges, without the paths of its files.

    Args:
        keys: of the edges.
        blueprints: what they are made of.
        uri: of the backend.
        options: how they run.
    """
    edges = [_edge(key) for key in keys]

    def render(edge: Edge) -> Mapping[PurePosixPath, str]:
        return blueprints.of(edge).template.render(edge, uri)

    return {
        "revision": hashlib.sha256(uri.encode()).hexdigest()[:16],
        **options.shares(len(edges)),
        "connect_rate": options.connect_rate,
        "reconnect": options.reconnect,
        "edges": [],
        **light_groups.members(blueprints, [], edges, render),
    }


def _edge(key: EdgeKey) -> Edge:
    """An edge with that key. Its PIDs are not those that it has elsewhere: no backend sees them."""
    return Edge(key.index, key.name, key.apikey, setup_password="", ports=None, seed=b"")
