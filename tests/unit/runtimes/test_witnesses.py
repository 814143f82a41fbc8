from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from edge_tasks.runtimes.docker.witnesses import best_of

if TYPE_CHECKING:
    from edge_tasks.runtimes.docker.stack import Stack


@pytest.mark.parametrize(("asks_rest", "names"), [(True, ["rest", "SocketStatus"]), (False, ["SocketStatus"])])
def test_a_rest_api_that_says_nothing_is_no_witness(names: list[str], *, asks_rest: bool) -> None:
    rest = SimpleNamespace(ui="")
    stack = SimpleNamespace(rest=rest, asks_rest=asks_rest, services=SimpleNamespace(database=""))
    sources = best_of(cast("Stack", stack)).sources
    assert ["rest" if cast("object", one) is rest else type(one).__name__ for one in sources] == names
