"""Makes the step that writes the past of light edges."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from edge_tasks.adapters import machine
from edge_tasks.cli.assembly import devices_read, selected_edges
from edge_tasks.cli.history_options import EVERY, ZONE
from edge_tasks.errors import SettingsError
from edge_tasks.history import dates
from edge_tasks.history.pasts import OPEN
from edge_tasks.plan import some
from edge_tasks.steps import step
from edge_tasks.steps.backfill import Asked, Backfill
from edge_tasks.steps.past_record import PastRecord
from edge_tasks.steps.past_writer import PastWriter

if TYPE_CHECKING:
    from edge_tasks.cli.session import Session
    from edge_tasks.fleet.identity import Edge
