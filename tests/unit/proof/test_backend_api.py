"""What a REST API answers that is refused."""

from __future__ import annotations

import io
import ssl
import urllib.request
from email.message import Message
from urllib.response import addinfourl

import pytest

from edge_tasks.errors import BackendError
from edge_tasks.proof.backend_api import BackendApi, opener_trusting

ELSEWHERE = "http://elsewhere.invalid/login"


class Answers(urllib.request.HTTPHandler):
    """A network in which every address answers alike."""

    handler_order = 0  # before the one that asks the real network

    def __init__(self, code: int, **headers: str) -> None:
        super().__init__()
        self.code, self.asked = code, list[urllib.request.Request]()
        self.headers = Message()
        for name, value in headers.items():
            self.headers[name] = value

    def http_open(self, req: urllib.request.Request) -> addinfourl:  # type: ignore[override] # as much as is read
        self.asked.append(req)
        response = addinfourl(io.BytesIO(), self.headers, req.full_url, self.code)
        response.msg = "an answer"  # type: ignore[attr-defined] # urllib asks for it
        return response


def refused(answers: Answers) -> BackendError:
    opener = opener_trusting(ssl.create_default_context())
    opener.add_handler(answers)
    api = BackendApi("http://rest.invalid", "admin", "s3cret", source="the password in netrc", opener=opener)
    with pytest.raises(BackendError) as found:
        api.online(["edge0"])
    assert "s3cret" not in found.value.message + found.value.hint
    return found.value


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_login_is_never_sent_to_where_a_redirect_leads(code: int) -> None:
    answers = Answers(code, Location=ELSEWHERE)
    error = refused(answers)
    assert [request.host for request in answers.asked] == ["rest.invalid"]
    assert answers.asked[0].has_header("Authorization")
    assert error.message == (
        f"http://rest.invalid/jsonrpc answered {code}: it leads to {ELSEWHERE!r}, and no login is sent there"
    )


def test_a_refused_login_is_told_with_the_place_of_its_password() -> None:
    error = refused(Answers(401))
    assert "it does not accept admin with the password in netrc" in error.message
