from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from edge_tasks.openems import configuration
from tests import edge_templates
from tests.recordings import reading

if TYPE_CHECKING:
    from edge_tasks.checkout.template_file import SourceFile

Make: TypeAlias = Callable[..., configuration.Component]


@pytest.fixture(scope="session")
def stock(
    checkout_template: list[SourceFile], tmp_path_factory: pytest.TempPathFactory
) -> configuration.Configuration:
    folder = tmp_path_factory.mktemp("stock")
    return configuration.read(edge_templates.write_template(folder, checkout_template))


@pytest.fixture(scope="session")
def recorded() -> list[dict[str, Any]]:
    """The recorded edge's messages: its configuration, then those of each cycle, then its averages."""
    return reading.read_traffic()


@pytest.fixture(scope="session")
def component() -> Make:
    def make(own_id: str, factory: str, **properties: Any) -> configuration.Component:
        named = {name.replace("__", "."): value for name, value in properties.items()}
        return configuration.Component(own_id, factory, f"{factory}.x", "", {"enabled": True, **named})

    return make
