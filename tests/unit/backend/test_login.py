from __future__ import annotations

import base64

import pytest
from aiohttp import hdrs
from aiohttp.test_utils import make_mocked_request
from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.backend.login import is_allowed

LOGIN = ("admin", "pass:wörd")


def allowed(header: str | None, login: tuple[str, str] = LOGIN) -> bool:
    headers = {} if header is None else {hdrs.AUTHORIZATION: header}
    return is_allowed(make_mocked_request("POST", "/", headers=headers), login)


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def test_the_right_login_is_allowed_whatever_the_case_of_the_scheme() -> None:
    header = basic(*LOGIN)
    assert allowed(header)
    assert allowed(header.replace("Basic", "bAsIc"))


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Basic",
        "Basic !",
        basic("admin", "other"),
        basic("other", "pass:wörd"),
        basic("", ""),
        basic(*LOGIN).replace("Basic", "Bearer"),
        "Basic " + base64.b64encode(b"adminpass:").decode(),
        "Basic " + base64.b64encode(b"admin").decode(),
    ],
)
def test_any_other_login_is_refused(header: str | None) -> None:
    assert not allowed(header)


def test_a_user_without_a_colon_is_refused_also_where_the_password_is_empty() -> None:
    assert not allowed("Basic " + base64.b64encode(b"admin").decode(), ("admin", ""))
    assert allowed(basic("admin", ""), ("admin", ""))


@given(st.text(), st.text())
def test_only_the_very_same_password_is_allowed(right: str, typed: str) -> None:
    assert allowed(basic("admin", typed), ("admin", right)) is (typed == right)
