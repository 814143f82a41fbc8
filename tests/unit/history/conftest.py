from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edge_tasks.light.wire.model import Model, model_of
from edge_tasks.openems import configuration
from tests import edge_templates

if TYPE_CHECKING:
    from edge_tasks.checkout.template_file import SourceFile


@pytest.fixture(scope="session")
def stock(checkout_template: list[SourceFile], tmp_path_factory: pytest.TempPathFactory) -> Model:
    folder = tmp_path_factory.mktemp("stock")
    return model_of(configuration.read(edge_templates.write_template(folder, checkout_template)))
