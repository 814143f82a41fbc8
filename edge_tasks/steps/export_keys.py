"""``inv export-keys``: the apikeys of edges, for machines that run them elsewhere. The fleet is not changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from edge_tasks.checkout import load_shapes
from edge_tasks.fleet.groups import ranges_holding
from edge_tasks.fleet.keys_file import FILE, EdgeKey, write_keys
from edge_tasks.plan import counted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from edge_tasks.checkout.blueprints import Blueprints
    from edge_tasks.fleet.groups import Group
    from edge_tasks.fleet.identity import Edge
    from edge_tasks.output import Output


@dataclass(frozen=True)
class ExportKeys:
    """Writes the file.

    Attributes:
        edges: whose apikeys.
        blueprints: what they are made of.
        path: the file.
    """

    edges: Sequence[Edge]
    blueprints: Blueprints
    path: Path
    output: Output

    def run(self) -> None:
        """Write it, and say what to type on the other machine.

        Raises:
            SettingsError: the name of the file has another ending, or the file is somebody else's.
            NotWritable: it cannot be written.
        """
        FILE.check(self.path)
        seeds = {id(one): one.group.seed for one in self.blueprints.each}
        keys = [EdgeKey(edge.name, edge.apikey, seeds[id(self.blueprints.of(edge))]) for edge in self.edges]
        write_keys(self.path, keys)
        self.output.document(keys_file=str(self.path))
        self.output.line(f"{counted(len(keys), 'apikey')}: {self.path} (mode 0600)")
        for made, edges in self.blueprints.by_group(self.edges):
            if edges:
                exported = ranges_holding(edge.index for edge in edges)
                self.output.line(self._how_to_attach(replace(made.group, ranges=exported)))

    def _how_to_attach(self, group: Group) -> str:
        edge = f" --edge {group.edges}" if group.name else ""
        profile = f" --profile {group.profile}" if group.profile != load_shapes.CONSTANT else ""
        meters = f" --meters {group.households}" if group.households else ""
        return f"elsewhere: inv attach --backend wss://HOST --keys {self.path.name}{edge}{profile}{meters}"
