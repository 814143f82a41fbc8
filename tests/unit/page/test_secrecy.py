from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.page.secrecy import MASK, shown

SECRET = "SeCr3tValue"  # noqa: S105 - of nobody
NAMES = st.sampled_from(["uri", "alias", "values"])
DOCUMENTS = st.recursive(
    st.sampled_from([SECRET, f"a {SECRET} b", f"{SECRET}{SECRET}", "plain", 1, None]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.tuples(inner, inner) | st.dictionaries(NAMES, inner, max_size=3)
    ),
    max_leaves=8,
)


@given(DOCUMENTS)
def test_a_secret_is_masked_in_mappings_lists_and_tuples_whatever_they_are_called(document: Any) -> None:
    assert SECRET not in json.dumps(shown({"about": document}, [SECRET]))


@given(st.sets(st.text("ab", min_size=1, max_size=4), min_size=2), st.text("ab-", max_size=12))
def test_of_two_secrets_that_overlap_none_is_left_in_part(secrets: set[str], text: str) -> None:
    longest = max(secrets, key=len)
    found = shown(f"-{longest}-{text}", sorted(secrets, key=len))
    assert str(found).startswith(f"-{MASK}-")


@pytest.mark.parametrize("value", ["x", 1, ["x"], ("x",), {"a": "x"}])
def test_what_has_a_secret_name_is_masked_as_a_whole(value: Any) -> None:
    assert shown([{"apiKeys": value}], []) == [{"apiKeys": MASK}]


@given(DOCUMENTS)
def test_without_secrets_everything_is_shown_as_it_is(document: Any) -> None:
    assert json.loads(json.dumps(shown(document, []))) == json.loads(json.dumps(document))
