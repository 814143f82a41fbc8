from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.openems import felix

if TYPE_CHECKING:
    from edge_tasks.checkout.template_file import SourceFile

NAMES = st.from_regex(r"[a-zA-Z_:][a-zA-Z0-9_.:]{0,12}", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@given(TEXTS)
def test_what_quote_writes_parse_reads(value: str) -> None:
    text = f"alias={felix.quote(value)}\n"
    if not set(value) & {"\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"}:
        assert felix.parse(text).values() == {"alias": value}


@given(st.dictionaries(NAMES, st.one_of(TEXTS, st.lists(TEXTS, max_size=4)), max_size=6), st.booleans())
def test_a_printed_file_is_read_back_and_its_text_is_kept(values: dict[str, object], crlf: bool) -> None:  # noqa: FBT001 - hypothesis fills it in
    end = "\r\n" if crlf else "\n"
    text = "".join(f"{name}={_printed(value, end)}{end}" for name, value in values.items())
    document = felix.parse(text)
    assert document.text == text
    expected = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
    assert document.values() == expected


def _printed(value: object, end: str) -> str:
    if isinstance(value, list):
        return f"[ \\{end}" + "".join(f"  {felix.quote(item)}, \\{end}" for item in value) + "  ]"
    return felix.quote(str(value))


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ('L"1"', 1),
        ('I"-5"', -5),
        ('B"true"', True),
        ('B"false"', False),
        ('D"4591870180066957722"', 0.1),
        ('D"0.1"', 0.1),
        ('F"1056964608"', 0.5),
        ('C"x"', "x"),
        (r'"PV\ West\=\u0041"', "PV West=A"),
        ('i[ \\\n  "500", \\\n  ]', (500,)),
        ('("a","b")', ("a", "b")),
        ("[]", ()),
    ],
)
def test_each_type_of_value_is_read(raw: str, value: object) -> None:
    assert felix.parse(f"x={raw}\n").values() == {"x": value}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('a="1"\nb', 2),
        ('a="1"\nb=\n', 2),
        ('a="1"\n\nb="x\n', 3),
        ('a=I"x"', 1),
        ('a=I"99999999999"', 1),
        ('a=["x" "y"]', 1),
        ('a=["x"', 1),
        ('a= "x"', 1),
        ('a ="x"', 1),
        ('a=C"xy"', 1),
    ],
)
def test_what_felix_would_ignore_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(felix.FelixSyntaxError) as refused:
        felix.parse(text)
    assert refused.value.line == line


def test_a_value_is_not_repeated_in_an_error() -> None:
    with pytest.raises(felix.FelixSyntaxError) as refused:
        felix.parse('apikey=I"SECRETKEY"')
    assert "SECRETKEY" not in str(refused.value)


def test_the_last_of_a_repeated_name_counts() -> None:
    assert felix.parse('a="1"\na="2"\n').values() == {"a": "2"}


def test_comments_are_passed_over_and_kept() -> None:
    text = '# one\n\n  a="1"\n# two'
    document = felix.parse(text)
    assert document.values() == {"a": "1"}
    assert document.text == text


def test_only_whole_pids_are_found() -> None:
    document = felix.parse(r'x="(pid\=A.b)(pid\=A.b.c)(pid\=XA.b)\nA.b"' + "\n")
    found = [document.text[start:end] for start, end, _ in document.occurrences(["A.b"])]
    assert found == ["A.b", "A.b"]


def test_the_longer_of_two_pids_is_found() -> None:
    document = felix.parse('x="A.b.c A.b"\n'.replace(" ", r"\ "))
    assert [pid for _, _, pid in document.occurrences(["A.b", "A.b.c"])] == ["A.b.c", "A.b"]


def test_a_pid_is_where_the_file_store_keeps_it() -> None:
    assert felix.path_of("Timedata.Rrd4j.rrd4j0") == PurePosixPath("Timedata/Rrd4j/rrd4j0.config")


@pytest.mark.parametrize("pid", ["", "..", "a..b", ".a", "a.", "a/b", "a b", "../x", "ä"])
def test_a_pid_that_could_leave_its_directory_is_refused(pid: str) -> None:
    with pytest.raises(ValueError, match="segments"):
        felix.path_of(pid)


def test_every_file_of_the_platform_and_of_a_real_edge_is_read(
    checkout_template: list[SourceFile], template_that_was_run_on: list[SourceFile]
) -> None:
    files = [*checkout_template, *template_that_was_run_on]
    assert len(files) == 24 + 33
    assert all(felix.parse(file.text).properties for file in files)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a", "line 1: expected name=value, found a word"),
        ("name too\n", "line 1: expected name=value, found a word"),
        ('="x"', "line 1: expected name=value, found '='"),
        ('a="1"\nb', "line 2: expected name=value, found a word"),
        ("a=\n", 'line 1: expected a value such as "text", I"1" or ["a"], found the end of the line'),
        ("a=", 'line 1: expected a value such as "text", I"1" or ["a"], found the end of the line'),
        ("a=q\nb=y", 'line 1: expected a value such as "text", I"1" or ["a"], found a word'),
        ('a=q"y"', 'line 1: expected a value such as "text", I"1" or ["a"], found a word'),
        ('a="x', "line 1: a string that is not closed on its line"),
        ('a=I"x', "line 1: a string that is not closed on its line"),
        ("a=[1]", "line 1: expected a string or ], found a word"),
        ('a=[ \\\n "x", \\\n 2 \\\n', "line 3: expected a string or ], found a word"),
        ('a=("x" "y")', "line 1: expected , or ), found '\"'"),
        ('a=[ \\\n "x" \\\n "y"]', "line 3: expected , or ], found '\"'"),
        ('\na=I"x"', "line 2: the string is not a value of type I"),
        ('a=[ \\\n "x" \\\n "y"]\nb="1"\n', "line 3: expected , or ], found '\"'"),
        ('\na=I"x"\nb="1"\n', "line 2: the string is not a value of type I"),
        ('a=[ \\\n i"1"]', "line 2: expected a string or ], found a word"),
        ('a=i[ \\\n "x"]', "line 2: the string is not a value of type i"),
    ],
)
def test_what_felix_would_ignore_is_refused_with_what_was_found_and_what_was_expected(
    text: str, message: str
) -> None:
    with pytest.raises(felix.FelixSyntaxError) as refused:
        felix.parse(text)
    assert str(refused.value) == message
    assert refused.value.problem == message.partition(": ")[2]


@pytest.mark.parametrize(
    "text",
    [
        "apiKey=MY_SECRET\n",
        "apiKey=T SECRET",
        'apiKey=SECRET"',
        'odooPassword="half"SECRET',
        'odooPassword="half"SECRET"',
        "odooPassword=[SECRET]",
        'odooPassword=["half" SECRET]',
        'odooPassword "SECRET"',
        'odooPassword[="SECRET"',
        "odooPassword}=SECRET",
        'odooPassword="SECRET',
        'odooPassword=I"SECRET"',
    ],
)
def test_a_message_cites_nothing_of_a_value_also_where_its_quotes_are_missing(text: str) -> None:
    with pytest.raises(felix.FelixSyntaxError) as refused:
        felix.parse(text)
    assert "SECRET" not in str(refused.value)


@pytest.mark.parametrize(("letter", "bits"), [("X", 8), ("S", 16), ("I", 32), ("L", 64)])
def test_an_integer_is_as_large_as_its_java_type_holds(letter: str, bits: int) -> None:
    most, least = 2 ** (bits - 1) - 1, -(2 ** (bits - 1))
    for typed in (letter, letter.lower()):
        assert felix.parse(f'a={typed}"{most}"\nb={typed}"{least}"').values() == {"a": most, "b": least}
        for beyond in (most + 1, least - 1):
            with pytest.raises(felix.FelixSyntaxError, match=f"not a value of type {typed}$"):
                felix.parse(f'a={typed}"{beyond}"')


def test_a_string_without_type_is_one_and_a_letter_that_is_not_a_type_is_not_a_value() -> None:
    assert felix.parse('a=T"1"\nb=["1"]\nc=T["1"]').values() == {"a": "1", "b": ("1",), "c": ("1",)}
    with pytest.raises(felix.FelixSyntaxError, match="expected a value"):
        felix.parse('a=Z"1"')


def test_a_value_may_stand_directly_before_the_next_name() -> None:
    assert felix.parse('a=["x"]b="y"').values() == {"a": ("x",), "b": "y"}
    assert [(found.name, found.start, found.end) for found in felix.parse('a=["x"]b="y"').properties] == [
        ("a", 2, 7),
        ("b", 9, 12),
    ]


def test_only_what_felix_would_read_otherwise_is_escaped() -> None:
    assert felix.quote('XX "=\\\n') == '"XX\\ \\"\\=\\\\\\n"'


@given(st.permutations(["A.b", "A.b-c", "A.b-c.d", "Z", "Z.y"]))
def test_the_longest_of_pids_that_begin_alike_is_found_in_whatever_order_they_are_given(pids: list[str]) -> None:
    document = felix.parse(r'x="A.b-c.d\ A.b\ Z.y\ A.b-c\ Z"')
    assert [pid for _, _, pid in document.occurrences(pids)] == ["A.b-c.d", "A.b", "Z.y", "A.b-c", "Z"]
