from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests import edge_templates

if TYPE_CHECKING:
    from edge_tasks.checkout.template_file import SourceFile


@pytest.fixture(scope="session")
def checkout_template() -> list[SourceFile]:
    """The platform's own 24 files, as a checkout has them."""
    return edge_templates.checkout_template()


@pytest.fixture(scope="session")
def template_that_was_run_on() -> list[SourceFile]:
    """The same after a real edge ran on it."""
    return edge_templates.template_that_was_run_on()


@pytest.fixture(scope="session")
def bundled_template() -> list[SourceFile]:
    """Our own."""
    return edge_templates.bundled_template()
