from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from edge_tasks.openems.launcher import bundles_of, jar_of, outside

PROPERTIES = r"""# comment
launch.services=true
launch.runbundles.attrs=a;version\="1";startlevel\=16
launch.bundles=jar/a.jar,jar/b-1.0.jar,\
    jar/c.jar
launch.keep=false
 launch.embedded = true
launch.storage.dir=somewhere
"""


@pytest.mark.parametrize(
    ("words", "directory", "jar"),
    [
        (("java", "-Da=b", "-jar", "/usr/lib/openems/openems.jar"), "", "/usr/lib/openems/openems.jar"),
        (("java", "-jar", "openems.jar"), "/opt/openems", "/opt/openems/openems.jar"),
        (("java", "-jar", "openems.jar"), "", "/openems.jar"),
        (("sh", "-c", "exec java -jar '/a/edge.jar' x"), "/", "/a/edge.jar"),
        (("sh", "-c", "java -jar $JAR"), "/", None),
        (("/init",), "/", None),
        (("java", "-jar"), "/", None),
        ((), "", None),
    ],
)
def test_the_jar_is_the_one_that_the_command_runs(
    words: tuple[str, ...], directory: str, jar: str | None
) -> None:
    assert jar_of(words, directory) == (None if jar is None else PurePosixPath(jar))


def test_the_bundles_are_found_in_the_properties_also_over_several_lines() -> None:
    assert [str(path) for path in bundles_of(PROPERTIES)] == ["jar/a.jar", "jar/b-1.0.jar", "jar/c.jar"]


@pytest.mark.parametrize(
    "properties",
    [
        "",
        "launch.embedded=false\nlaunch.bundles=jar/a.jar",
        "launch.embedded=true",
        "launch.embedded=true\nlaunch.bundles=../a.jar",
        "launch.embedded=true\nlaunch.bundles=jar/a.jar,/etc/a.jar",
    ],
)
def test_a_jar_without_bundles_inside_or_with_paths_that_lead_out_has_none(properties: str) -> None:
    assert bundles_of(properties) == ()


def test_outside_only_the_bundles_places_and_the_cache_differ() -> None:
    assert outside(PROPERTIES).splitlines() == [
        "launch.services=true",
        r'launch.runbundles.attrs=a;version\="1";startlevel\=16',
        "launch.keep=false",
        "launch.bundles=/edge-tasks/bundles/jar/a.jar,/edge-tasks/bundles/jar/b-1.0.jar,/edge-tasks/bundles/jar/c.jar",
        "launch.embedded=false",
        "launch.storage.dir=/edge-tasks/cache/felix",
    ]


def test_what_an_escape_hides_is_read_and_what_only_looks_like_a_comment_is_not_one() -> None:
    assert bundles_of("launch.embedded:true\nlaunch.bundles jar/a\\=b.jar,X.jar") == (
        PurePosixPath("jar/a=b.jar"),
        PurePosixPath("X.jar"),
    )
    assert [str(path) for path in bundles_of("launch.embedded=true\nlaunch.bundles=X.jar")] == ["X.jar"]
    assert "X=1" in outside("X=1\n! no\n# no\n").splitlines()
    assert "no" not in outside("! no\n# no\n")


def test_only_quotation_marks_around_a_jar_are_none_of_its_name() -> None:
    assert jar_of(("java", "-jar", "/X/openemsX"), "") == PurePosixPath("/X/openemsX")
    assert jar_of(("sh", "-c", "java -jar XedgeX"), "/a") == PurePosixPath("/a/XedgeX")
