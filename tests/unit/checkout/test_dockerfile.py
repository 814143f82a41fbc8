from __future__ import annotations

from pathlib import Path

import pytest

from edge_tasks.checkout.dockerfile import JavaBase, bases, copied_to, java_of


@pytest.mark.parametrize(
    ("text", "arguments", "wanted"),
    [
        ("FROM openjdk:17\nRUN x\n", {}, ("openjdk:17",)),
        ("# FROM no\n  from a AS one\nFROM one\n", {}, ("a",)),
        ("FROM --platform=linux/amd64 a AS one\nFROM scratch\nCOPY --from=one /a /a\n", {}, ("a",)),
        ("FROM a\nCOPY --chown=1 --from=tools:2 /x /x\nCOPY --from=0 /y /y\n", {}, ("a", "tools:2")),
        ("ARG V=17\nFROM openjdk:$V\n", {}, ("openjdk:17",)),
        ("ARG V=17\nFROM openjdk:${V}-slim\n", {"V": "21"}, ("openjdk:21-slim",)),
        ('ARG R="r/x"\nFROM ${R}:${TAG:-latest}\nARG R=no\nFROM $R\n', {}, ("r/x:latest", "r/x")),
        ("ARG V\nFROM a:$V-slim\n", {}, ("a:-slim",)),
        ("FROM a:$UNKNOWN\n", {}, ("a:",)),
        ("ARG V=17\nFROM scratch\nCOPY --from=tools:$V /x /x\n", {}, ("tools:17",)),
        ('ARG R="X/Y"\nFROM $R\n', {}, ("X/Y",)),
        ("FROM xxxx\nFROM a\n", {}, ("xxxx", "a")),
        ("", {}, ()),
    ],
)
def test_the_images_under_all_stages_are_named(
    text: str, arguments: dict[str, str], wanted: tuple[str, ...]
) -> None:
    assert bases(text, arguments) == wanted


@pytest.mark.parametrize(
    ("text", "folder"),
    [
        ("COPY config.d etc/openems.d\n", "/etc/openems.d"),
        ("WORKDIR /opt\nWORKDIR openems\nCOPY ./config.d/ conf\n", "/opt/openems/conf"),
        ("WORKDIR /opt\nWORKDIR /srv\nCOPY config.d conf\n", "/srv/conf"),
        ("WORKDIR opt\nCOPY config.d /conf\n", "/conf"),
        ("WORKDIR /opt\nCOPY other conf\n", None),
    ],
)
def test_a_folder_is_copied_to_where_all_lines_before_lead(text: str, folder: str | None) -> None:
    assert copied_to(text) == folder


def test_java_is_that_of_the_last_stage_whatever_arguments_the_stages_declare_again() -> None:
    text = "ARG JAVA=17\nFROM temurin:${JAVA}-jdk AS build\nARG JAVA\nFROM temurin:${JAVA}-jre\n"
    assert java_of(text, {}, Path("Dockerfile")) == JavaBase(17, 4, Path("Dockerfile"))
    assert java_of(text, {"JAVA": "21"}, Path("Dockerfile")) == JavaBase(21, 4, Path("Dockerfile"))
    assert java_of("FROM debian:12\n", {}, Path("Dockerfile")) is None
