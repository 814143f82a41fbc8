from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from edge_tasks.light.wire.model import Model, model_of
from edge_tasks.openems import configuration
from tests import edge_templates

if TYPE_CHECKING:
    from edge_tasks.checkout.template import SourceFile


@pytest.fixture(scope="session")
def limited(checkout_template: list[SourceFile], tmp_path_factory: pytest.TempPathFactory) -> Model:
    """The stock template."""
    folder = tmp_path_factory.mktemp("stock")
    return model_of(configuration.read(edge_templates.write_template(folder, checkout_template)))


@pytest.fixture(scope="session")
def stock(limited: Model) -> Model:
    """The stock template without state machines, which a past does not have."""
    machines = {own_id for own_id, _ in limited.plant.machines}
    others = tuple(one for one in limited.configuration.components if one.id not in machines)
    return model_of(replace(limited.configuration, components=others))
