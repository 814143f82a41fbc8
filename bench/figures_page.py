"""The page of the docs to which each benchmark writes its own part."""

from __future__ import annotations

from typing import Final

from tests.inv import ROOT

PAGE: Final = ROOT / "docs" / "benchmarks.md"


def renew(part: str, begin: str, end: str) -> None:
    """Put a part, with the two marks that it begins and ends with, in place of what is there between them."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(begin)
    PAGE.write_text(f"{before}{part}{rest.partition(end)[2]}", encoding="utf-8")
