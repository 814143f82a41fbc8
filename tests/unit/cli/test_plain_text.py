"""Whatever a stream's encoding is, everything can be printed to it."""

from __future__ import annotations

import codecs
import io
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.cli.plain_text import replaced, write_plainly
from edge_tasks.cli.terminal import Terminal

ENCODINGS = ["ascii", "latin-1", "cp1252", "cp437", "shift_jis", "utf-8"]


@pytest.fixture(autouse=True)
def _handler() -> None:
    codecs.register_error("plain", replaced)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_our_own_characters_become_plain_ones(encoding: str) -> None:
    text = "✓ setup … • 2\n  → inv up"
    assert text.encode(encoding, "plain") == b"+ setup ... * 2\n  -> inv up"


def test_a_letter_that_the_stream_has_stays_and_another_is_escaped() -> None:
    assert "Größe ✓".encode("latin-1", "plain").decode("latin-1") == "Größe +"
    assert "Größe".encode("ascii", "plain") == rb"Gr\xf6\xdfe"


def test_a_file_name_that_is_not_utf8_can_be_named() -> None:
    name = b"caf\xe9".decode("utf-8", "surrogateescape")
    assert name.encode("utf-8", "plain") == rb"caf\udce9"


@given(text=st.text(st.characters(exclude_categories=())), encoding=st.sampled_from(ENCODINGS))
def test_there_is_no_text_that_cannot_be_printed(text: str, encoding: str) -> None:
    text.encode(encoding, "plain")


def test_the_streams_of_this_process_take_it(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    stream = io.TextIOWrapper(written, "ascii")
    monkeypatch.setattr("sys.stdout", stream)
    monkeypatch.setattr("sys.stderr", io.StringIO())
    write_plainly()
    stream.write("✓ up\n")
    stream.flush()
    assert written.getvalue() == b"+ up\n"


def test_tables_and_bars_are_drawn_on_an_ascii_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(written, "ascii"))
    monkeypatch.setenv("FORCE_COLOR", "1")
    write_plainly()
    terminal = Terminal(as_errors=False)
    terminal.table(("edge", "hint"), [("edge0 ✓", "→ inv up, and a line that is long " * 3)], (False, False))
    with terminal.progress("up …", 3, "edges ✓") as progress:
        progress(2)
    with terminal.listening("build …", lambda _line: None) as said:
        said("Größe of a line that does not fit " * 10)
    sys.stdout.flush()
    assert b"edge0 +" in written.getvalue()
    assert b"build ..." in written.getvalue()
