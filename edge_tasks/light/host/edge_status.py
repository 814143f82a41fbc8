"""What the status file says of an edge."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

State: TypeAlias = Literal["starting", "connecting", "connected", "refused", "waiting", "unconfigured"]


@dataclass(slots=True)
class Status:
    """What the status file says of an edge."""

    state: State = "starting"
    since: float = field(default_factory=time.time)
    why: str = ""
    connects: int = 0
    ignored: tuple[str, ...] = ()
    unsimulated: tuple[str, ...] = ()
