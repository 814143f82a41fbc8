"""What the backend has written about devices into their rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from edge_tasks.registry.odoo.server import connected

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge_tasks.registry.odoo.server import Database


@dataclass(frozen=True)
class RowReport:
    """What the backend wrote about a device.

    Attributes:
        apikey: as the row has it.
        active: whether Odoo and the UI show it.
        components: the ids of its last ``edgeConfig``.
        age_s: seconds since ``lastmessage`` by the database's clock; that may be 30 s late.
    """

    name: str
    apikey: str = field(repr=False)
    active: bool | None
    components: frozenset[str] | None
    age_s: float | None


_REPORTS: Final = """
WITH devices AS MATERIALIZED (
  SELECT name, apikey, active, lastmessage, md5(nullif(openems_config, '')) AS digest
  FROM openems_device WHERE name = ANY(%s)
), configs AS (
  SELECT digest, min(name) AS name FROM devices WHERE digest IS NOT NULL GROUP BY digest
), parsed AS MATERIALIZED (
  SELECT name, digest, ARRAY(SELECT json_object_keys(openems_config::json -> 'components')) AS components
  FROM configs JOIN openems_device USING (name)
)
SELECT name, apikey, active, digest, components,
  extract(epoch FROM now() AT TIME ZONE 'UTC' - lastmessage)::float AS age_s
FROM devices LEFT JOIN parsed USING (name, digest)
"""
"""A configuration has 20 kB and is the same for all light edges of a template, so it is parsed once for them.

The first of them has the components, and the others have the same digest.
"""


def read_reports(database: Database, names: Sequence[str]) -> dict[str, RowReport]:
    """What the backend wrote about these devices, by name; a name without a row is absent."""
    with connected(database) as connection:
        found = connection.execute(_REPORTS, (list(names),)).fetchall()
    parsed = {digest: frozenset(ids) for _, _, _, digest, ids, _ in found if ids is not None}
    return {
        name: RowReport(name, apikey, active, parsed.get(digest), age_s)
        for name, apikey, active, digest, _, age_s in found
    }
