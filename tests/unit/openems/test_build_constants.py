from __future__ import annotations

import io
import struct
import zipfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.adapters.jars import read_build
from edge_tasks.openems.build_constants import BUNDLE, CONSTANTS, Build, build_of

if TYPE_CHECKING:
    from pathlib import Path


def utf8(text: str) -> bytes:
    return struct.pack(">BH", 1, len(text)) + text.encode()


def java_class(fields: dict[str, int], java: int = 17, before: bytes = b"", places: int = 0) -> bytes:
    """A class with constants, as a compiler writes it; ``before`` stands at the pool's beginning."""
    entries = [utf8("ConstantValue"), utf8("S")]
    rows = []
    for name, value in fields.items():
        place = places + len(entries) + 1
        entries += [utf8(name), struct.pack(">BI", 3, value)]
        rows.append(struct.pack(">HHHHHIH", 0x19, place, places + 2, 1, places + 1, 2, place + 1))
    pool = before + b"".join(entries)
    head = struct.pack(">IHHH", 0xCAFEBABE, 0, java + 44, places + len(entries) + 1)
    return b"".join((head, pool, struct.pack(">HHHHH", 0x21, 0, 0, 0, len(rows)), *rows))


def version(major: int = 2026, minor: int = 1, patch: int = 0) -> dict[str, int]:
    return {"VERSION_MAJOR": major, "VERSION_MINOR": minor, "VERSION_PATCH": patch}


def jar(path: Path, code: bytes) -> Path:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as bundle:
        bundle.writestr(CONSTANTS, code)
    with zipfile.ZipFile(path, "w") as outer:
        outer.writestr(BUNDLE, inner.getvalue())
    return path


@given(st.integers(2000, 2100), st.integers(1, 12), st.integers(0, 9), st.sampled_from([17, 21, 25]))
def test_a_class_says_the_release_and_the_java_that_it_needs(
    major: int, minor: int, patch: int, java: int
) -> None:
    found = build_of(java_class(version(major, minor, patch), java))
    assert found == Build(f"{major}.{minor}.{patch}", java)


def test_other_entries_of_the_pool_are_passed_over_a_long_takes_two_places() -> None:
    before = struct.pack(">BQ", 5, 7) + struct.pack(">BH", 7, 1)
    assert build_of(java_class(version(), before=before, places=3)) == Build("2026.1.0", 17)


@given(st.integers(0, 200))
def test_a_class_that_is_cut_off_says_nothing(length: int) -> None:
    code = java_class(version())
    assert build_of(code[: min(length, len(code) - 1)]) is None


@pytest.mark.parametrize("code", [b"", b"PK\x03\x04 something else", java_class({"VERSION_MAJOR": 2026})])
def test_something_else_says_nothing(code: bytes) -> None:
    assert build_of(code) is None


def test_a_jar_says_what_its_bundle_says(tmp_path: Path) -> None:
    path = jar(tmp_path / "openems-edge.jar", java_class(version(), java=21))
    assert read_build(path) == Build("2026.1.0", 21)


@pytest.mark.parametrize("content", [b"", b"no zip", None])
def test_a_file_that_is_no_jar_of_openems_says_nothing(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "openems-edge.jar"
    if content is not None:
        path.write_bytes(content)
    assert read_build(path) is None
    with zipfile.ZipFile(tmp_path / "other.jar", "w") as other:
        other.writestr("META-INF/MANIFEST.MF", "Bundle-Version: 0.0.0\n")
    assert read_build(tmp_path / "other.jar") is None
