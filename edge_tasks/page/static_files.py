"""Where the files are that the page sends to browsers, and that reports contain."""

from __future__ import annotations

from pathlib import Path
from typing import Final

STATIC: Final = Path(__file__).with_name("static")
