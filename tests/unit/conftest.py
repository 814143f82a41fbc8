from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from edge_tasks.checkout.template import SourceFile

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


def read_template(folder: Path) -> list[SourceFile]:
    return [
        SourceFile(PurePosixPath(path.relative_to(folder)), path.read_bytes().decode())
        for path in sorted(folder.rglob("*.config"))
    ]


@pytest.fixture(scope="session")
def recorded_template() -> list[SourceFile]:
    """The platform's own 24 files, as a checkout has them."""
    return read_template(SHARED / "docker-openems" / "openems-edge" / "config.d")


@pytest.fixture(scope="session")
def template_that_was_run_on() -> list[SourceFile]:
    """The same after a real edge ran on it."""
    return read_template(SHARED / "openems-2024.7.0" / "config-after-run")


@pytest.fixture(scope="session")
def bundled_template() -> list[SourceFile]:
    """Our own."""
    return read_template(Path(__file__).parents[2] / "templates" / "platform" / "openems-edge" / "config.d")
