"""What the light host is told of the groups of its edges, for its fleet file. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import PurePosixPath

    from edge_tasks.checkout.blueprints import Blueprint, Blueprints
    from edge_tasks.fleet.identity import Edge

Render: TypeAlias = "Callable[[Edge], Mapping[PurePosixPath, str]]"
"""The files of an edge, by path below its config directory."""


def members(
    blueprints: Blueprints, with_directory: Sequence[Edge], light: Sequence[Edge], render: Render
) -> dict[str, Any]:
    """The members ``profile``, ``seed``, ``shared`` and ``groups`` of the fleet file, as far as they are needed.

    Args:
        blueprints: what the edges are made of.
        with_directory: those that the host reads from a directory.
        light: those that share a template.
        render: as any of these has it.
    """
    keys = {edge.name: edge.apikey for edge in light}
    first, *others = blueprints.each
    if not first.group.name and not others:
        shared = {"shared": {"files": _files(light[0], render), "edges": keys}} if light else {}
        return {**_followed(first), **shared}
    groups = [
        {
            "name": one.group.name,
            **_followed(one),
            **({"files": _files(edges[0], render)} if one.group.light and edges else {}),
            "edges": [edge.name for edge in edges],
        }
        for one, edges in blueprints.by_group((*with_directory, *light))
    ]
    return {"shared": {"edges": keys}, "groups": groups}


def _followed(blueprint: Blueprint) -> dict[str, object]:
    """The load shape and what its variation is drawn from; nothing where datasources keep their constants."""
    shape = blueprint.shape
    return {} if shape is None else {"profile": shape.content, "seed": blueprint.group.seed}


def _files(edge: Edge, render: Render) -> dict[str, str]:
    return {str(path): text for path, text in render(edge).items()}
