from __future__ import annotations

import re
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.checkout.template import check_rendered, compile_template
from edge_tasks.checkout.template_file import SourceFile
from edge_tasks.errors import SettingsError
from edge_tasks.fleet.identity import Fleet
from edge_tasks.openems import felix

FLEET = Fleet("id", bytes(range(32)), 3)
URI = "ws://openems-backend:8081"
UUID_A = "11111111-1111-4111-8111-111111111111"
UUID_B = "22222222-2222-4222-8222-222222222222"
BACKEND_PATH = f"Controller/Api/Backend/{UUID_A}.config"


def backend(extra: str = "", uuid: str = UUID_A) -> SourceFile:
    return SourceFile(
        PurePosixPath(f"Controller/Api/Backend/{uuid}.config"),
        f'apikey="OLD"\nid="ctrlBackend0"\nservice.factoryPid="Controller.Api.Backend"\n'
        f'service.pid="Controller.Api.Backend.{uuid}"\nuri="ws://old:1"\n{extra}',
    )


def file(path: str, text: str) -> SourceFile:
    return SourceFile(PurePosixPath(path), text)


def fresh(rendered: dict[PurePosixPath, str]) -> dict[str, dict[str, felix.Value]]:
    return {str(path): felix.parse(text).values() for path, text in rendered.items()}


def test_an_edge_has_all_files_of_the_template_where_felix_looks(checkout_template: list[SourceFile]) -> None:
    rendered = compile_template(checkout_template, "config.d").render(FLEET.edge(0), URI)
    assert len(rendered) == 24
    for path, text in rendered.items():
        pid = re.search(r'^service\.pid="([^"]+)"$', text, re.MULTILINE)
        if path.name == "org_apache_felix_cm_impl_DynamicBindings.config":
            assert pid is None
        else:
            assert pid is not None
            assert str(path) == pid[1].replace(".", "/") + ".config"


def test_no_old_pid_stands_anywhere(checkout_template: list[SourceFile]) -> None:
    old = {source.path.stem for source in checkout_template if len(source.path.stem) == 36}
    assert len(old) == 21
    text = "".join(compile_template(checkout_template, "config.d").render(FLEET.edge(0), URI).values())
    assert not [pid for pid in old if pid in text]


def test_nothing_but_pids_apikey_and_uri_differs(checkout_template: list[SourceFile]) -> None:
    edge = FLEET.edge(1)
    rendered = "\n".join(sorted(compile_template(checkout_template, "config.d").render(edge, URI).values()))
    for source in checkout_template:
        pid = felix.parse(source.text).string("service.pid")
        if pid and len(source.path.stem) == 36:
            rendered = rendered.replace(edge.new_pid(pid), pid)
    rendered = rendered.replace(edge.apikey, "DEMO_API_KEY").replace(URI, "ws://localhost:8081")
    assert rendered == "\n".join(sorted(source.text for source in checkout_template))


def test_a_fleet_shares_no_pid(checkout_template: list[SourceFile]) -> None:
    template = compile_template(checkout_template, "config.d")
    uuids = [path.stem for edge in FLEET.edges for path in template.render(edge, URI) if len(path.stem) == 36]
    assert len(uuids) == len(set(uuids)) == 3 * 21


def test_the_dead_file_comes_alive_and_is_reported(checkout_template: list[SourceFile]) -> None:
    moved = compile_template(checkout_template, "config.d").moved
    assert [(str(before.parent), str(after.parent)) for before, after in moved] == [
        ("Controller/IO/FixDigitalOutput", "Controller/Io/FixDigitalOutput")
    ]


def test_what_a_running_edge_added_is_left_out(template_that_was_run_on: list[SourceFile]) -> None:
    template = compile_template(template_that_was_run_on, "config.d")
    assert len(template.left_out) == 10
    rendered = template.render(FLEET.edge(0), URI)
    assert len(rendered) == 23
    assert not [path for path in rendered if path.parts[0] in ("Core", "Ess", "Evcs")]


def test_a_singleton_that_somebody_configured_is_kept_as_it_is() -> None:
    text = 'id="_meta"\nplaceName="Bronx\\ Microgrid"\nservice.pid="Core.Meta"\n'
    as_written = 'alias="Core.Cycle"\nid="_cycle"\nservice.bundleLocation="?"\nservice.pid="Core.Cycle"\n'
    sources = [backend(), file("Core/Meta.config", text), file("Core/Cycle.config", as_written)]
    template = compile_template(sources, "config.d")
    assert template.left_out == (PurePosixPath("Core/Cycle.config"),)
    assert template.render(FLEET.edge(1), URI)[PurePosixPath("Core/Meta.config")] == text
    assert compile_template([backend()], "config.d").digest != template.digest


def test_the_bundled_template_has_all_files_where_felix_looks(bundled_template: list[SourceFile]) -> None:
    assert len(bundled_template) == 24
    assert compile_template(bundled_template, "config.d").moved == ()


def test_pids_of_other_files_are_rewritten_in_filters() -> None:
    other = f"Simulator.GridMeter.Reacting.{UUID_B}"
    sources = [
        backend(rf'x.target="(|(service.pid\={other})(service.pid\={other}x))"' + "\n"),
        file(
            f"Simulator/GridMeter/Reacting/{UUID_B}.config",
            f'id="meter0"\nservice.factoryPid="F"\nservice.pid="{other}"\n',
        ),
    ]
    edge = FLEET.edge(0)
    values = fresh(compile_template(sources, "t").render(edge, URI))
    target = next(file["x.target"] for file in values.values() if "x.target" in file)
    assert target == f"(|(service.pid={edge.new_pid(other)})(service.pid={other}x))"


def test_a_backend_without_apikey_and_uri_gets_them() -> None:
    pid = f"Controller.Api.Backend.{UUID_A}"
    source = file(BACKEND_PATH, f'service.factoryPid="Controller.Api.Backend"\nservice.pid="{pid}"')
    [values] = fresh(compile_template([source], "t").render(FLEET.edge(0), URI)).values()
    assert (values["apikey"], values["uri"]) == (FLEET.edge(0).apikey, URI)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=40))
def test_any_text_of_a_template_comes_back_unchanged(alias: str) -> None:
    line = f"# {{{{ {{% {alias.replace(chr(92), '')}\r\nalias={felix.quote(alias)}\r\n"
    [text] = compile_template([backend(line)], "t").render(FLEET.edge(0), URI).values()
    assert text.endswith(line)


REFUSED = {
    "an empty template": ([], "no .config files"),
    "no Backend controller": ([file("a.config", 'service.pid="a"\n')], "exactly one"),
    "two Backend controllers": ([backend(), backend(uuid=UUID_B)], "exactly one"),
    "a Backend controller that is off": ([backend('enabled=B"false"\n')], "not enabled"),
    "a Backend controller that a text switches off": ([backend('enabled="false"\n')], "not enabled"),
    "a file that does not parse": ([backend(), file("a.config", "x\n")], "a.config:1"),
    "no service.pid": ([backend(), file("a.config", 'x="1"\n')], "no service.pid"),
    "a name that is not the PID's": ([backend(), file("a.config", 'service.pid="b"\n')], "last segment"),
    "two files of one PID": (
        [backend(), file("x/a.config", 'service.pid="q.a"\n'), file("y/a.config", 'service.pid="q.a"\n')],
        "both have",
    ),
    "a PID that climbs out": ([backend(), file("a.config", 'service.pid="....a"\n')], "segments"),
    "a PID with a slash": ([backend(), file("a.config", 'service.pid="../a"\n')], "segments"),
    "a factory file without factory": (
        [backend(), file(f"a/{UUID_B}.config", f'service.pid="a.{UUID_B}"\n')],
        "factoryPid",
    ),
}


@pytest.mark.parametrize(("sources", "why"), REFUSED.values(), ids=REFUSED)
def test_a_template_that_felix_would_ignore_in_part_is_refused(sources: list[SourceFile], why: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(why)) as refused:
        compile_template(sources, "config.d")
    assert refused.value.exit_code == 2
    assert "config.d" in refused.value.message


def test_inputs_change_with_template_key_and_uri_only(checkout_template: list[SourceFile]) -> None:
    template = compile_template(checkout_template, "t")
    edge = FLEET.edge(0)
    same = template.inputs(edge, URI)
    assert compile_template(checkout_template, "elsewhere").inputs(edge, URI) == same
    assert template.inputs(edge, "ws://x") != same
    assert template.inputs(FLEET.edge(1), URI) != same
    assert compile_template(checkout_template[:-1], "t").inputs(edge, URI) != same


def test_households_are_files_like_those_of_the_template(checkout_template: list[SourceFile]) -> None:
    template = compile_template(checkout_template, "t", households=12)
    first, second = (template.render(edge, "ws://b") for edge in (FLEET.edge(0), FLEET.edge(1)))
    check_rendered(first)
    plain = compile_template(checkout_template, "t").render(FLEET.edge(0), "ws://b")
    assert plain.items() <= first.items()
    assert len(first) == len(plain) + 24
    added = {path for path in first if path not in plain}
    assert not added & second.keys()
    assert not [path for path in added if str(path.stem) not in first[path]]


def test_without_households_a_template_is_what_it_always_was(checkout_template: list[SourceFile]) -> None:
    assert compile_template(checkout_template, "t", households=0) == compile_template(checkout_template, "t")


def test_another_number_of_households_is_another_input_of_every_edge(checkout_template: list[SourceFile]) -> None:
    templates = [compile_template(checkout_template, "t", households=count) for count in (0, 1, 2)]
    assert len({template.inputs(FLEET.edge(0), "ws://b") for template in templates}) == 3
