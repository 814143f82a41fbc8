from __future__ import annotations

from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.checkout.release_signs import (
    LABEL,
    Says,
    Sign,
    recognise,
    sign_of_dockerfile,
    sign_of_image,
    sign_of_label,
    signs_of_files,
)
from edge_tasks.openems.release import RELEASES

SINCES = [one.since for one in RELEASES]


def test_without_any_sign_it_counts_as_the_newest_that_is_known() -> None:
    found = recognise(())
    assert (found.version, found.is_sure, found.why) == (
        SINCES[-1],
        False,
        "nothing says it, so the newest that is known",
    )


def test_what_says_the_release_itself_is_believed_in_the_given_order() -> None:
    signs = (Sign("2025.3.0", "the jar"), Sign("2024.7.0", "the tag"))
    found = recognise(signs)
    assert (found.version, found.release.since, found.why, found.is_sure) == (
        "2025.3.0",
        "2025.1.0",
        "the jar",
        True,
    )
    assert found.against == signs[1:]


def test_a_sign_that_only_narrows_it_down_does_not_beat_one_that_says_it() -> None:
    at_most = Sign("2026.1.0", "Edge/Websocket.config", Says.AT_MOST)
    assert recognise((at_most, Sign("2026.4.0", "the jar"))).version == "2026.4.0"
    assert recognise((at_most, Sign("2026.4.0", "the jar"))).against == (at_most,)


@pytest.mark.parametrize(
    ("signs", "version"),
    [
        ((Sign("2026.1.0", "a", Says.AT_MOST),), "2026.1.0"),
        ((Sign("2026.2.0", "a", Says.AT_LEAST),), SINCES[-1]),
        ((Sign("2026.1.0", "a", Says.AT_LEAST), Sign("2026.1.0", "b", Says.AT_MOST)), "2026.1.0"),
    ],
)
def test_of_those_that_it_can_be_the_newest_is_assumed(signs: tuple[Sign, ...], version: str) -> None:
    found = recognise(signs)
    assert (found.version, found.is_sure, found.against) == (version, False, ())
    assert "nothing says which" in found.why


def test_signs_that_exclude_each_other_are_named() -> None:
    signs = (Sign("2026.2.0", "a", Says.AT_LEAST), Sign("2026.1.0", "b", Says.AT_MOST))
    assert recognise(signs).against == signs[1:]


def test_a_release_that_is_newer_than_all_known_counts_as_the_newest() -> None:
    found = recognise((Sign("2031.7.0", "image openems/edge:2031.7.0"),))
    assert (found.version, found.release, found.is_newer_than_known) == ("2031.7.0", RELEASES[-1], True)
    assert not recognise((Sign(SINCES[-1], "the jar"),)).is_newer_than_known


@given(st.lists(st.builds(Sign, st.sampled_from(SINCES), st.just("x"), st.sampled_from(Says)), max_size=5))
def test_a_sign_is_against_it_exactly_if_it_does_not_allow_it(signs: list[Sign]) -> None:
    found = recognise(signs)
    assert all(sign.allows(found.version) for sign in signs if sign not in found.against)
    assert not any(sign.allows(found.version) for sign in found.against)


@pytest.mark.parametrize(
    ("image", "version"),
    [
        ("openems/edge:2024.7.0", "2024.7.0"),
        ("ghcr.io/acme/openems-backend:v2026.1.0", "2026.1.0"),
        ("registry.example.org:5000/openems/backend-edge:2026.4.0-arm64", "2026.4.0"),
        ("openems/edge:2024.7.0@sha256:0123", "2024.7.0"),
        ("openems/edge:latest", None),
        ("openems-edge", None),
        ("openems/edge:2024.7", None),
        ("postgres:2024.7.0", None),
        ("openems/edge:2024.7.01", "2024.7.01"),
    ],
)
def test_the_tag_of_an_image_of_openems_is_its_release(image: str, version: str | None) -> None:
    found = sign_of_image(image)
    assert (found.version if found else None) == version


def test_the_label_of_an_image_is_its_release_if_it_is_an_image_of_openems() -> None:
    assert sign_of_label("openems/edge:latest", {LABEL: "2026.1.0"}) == Sign(
        "2026.1.0", f"label {LABEL} of openems/edge:latest"
    )
    assert sign_of_label("openems/edge:latest", {LABEL: "24.04"}) is None
    assert sign_of_label("java:latest", {LABEL: "2026.1.0"}) is None
    assert sign_of_label("openems/edge:latest", {}) is None


@pytest.mark.parametrize(
    ("text", "version"),
    [
        (
            "ADD https://github.com/OpenEMS/openems/releases/download/2025.4.0/openems-edge.jar /e.jar\n",
            "2025.4.0",
        ),
        ("FROM openems/backend-edge:2026.2.0\n", "2026.2.0"),
        ("FROM eclipse-temurin:21-jre\n", None),
    ],
)
def test_a_dockerfile_says_what_it_fetches_or_stands_on(text: str, version: str | None) -> None:
    found = sign_of_dockerfile(text, "Dockerfile")
    assert (found.version if found else None) == version


def test_files_that_only_some_releases_have_narrow_it_down() -> None:
    files = {
        PurePosixPath(path): "" for path in ("Edge/Manager.config", "Edge/Websocket.config", "Core/Sum.config")
    }
    assert set(signs_of_files(files, "config.d")) == {
        Sign("2026.2.0", "config.d/Edge/Manager.config", Says.AT_LEAST),
        Sign("2026.1.0", "config.d/Edge/Websocket.config", Says.AT_MOST),
    }
