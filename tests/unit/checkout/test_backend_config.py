from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.checkout.backend_config import METADATA, read_backend_config, with_values
from edge_tasks.checkout.dockerfile import copied_to
from edge_tasks.errors import SettingsError
from edge_tasks.openems import felix
from edge_tasks.openems.release import DEFAULT, BackendPorts

ODOO = 'service.pid="Metadata.Odoo"\npgHost="db"\npgPassword="odoo16@2022"\nodooUid=I"2"\ndatabase="openems"\n'
DUMMY = PurePosixPath("Metadata/Dummy.config")
REST = PurePosixPath("Backend2Backend/Rest/x.config")


def test_what_is_given_counts_and_the_rest_is_as_openems_has_it() -> None:
    config = read_backend_config({METADATA: ODOO}, "f")
    assert (config.values["pgHost"], config.values["odooUid"], config.values["pgPort"]) == ("db", 2, 5432)
    assert config.lines["pgPassword"] == 3
    assert (config.edge_port, config.rest_port, config.ui_port) == (8081, None, 8082)


def test_the_ports_are_those_of_the_files() -> None:
    files = {METADATA: ODOO, REST: 'port=I"9075"\n', PurePosixPath("Edge/Websocket.config"): 'port=I"9081"\n'}
    config = read_backend_config(files, "f")
    assert (config.edge_port, config.rest_port) == (9081, 9075)


def test_no_password_is_in_its_repr() -> None:
    assert "odoo16@2022" not in repr(read_backend_config({METADATA: ODOO}, "f"))


def test_a_missing_or_broken_file_is_named() -> None:
    with pytest.raises(SettingsError, match=r"Metadata/Odoo\.config"):
        read_backend_config({}, "f")
    with pytest.raises(SettingsError, match=r"f/Metadata/Odoo\.config:2"):
        read_backend_config({METADATA: 'a="b"\nc=\n'}, "f")


@given(st.dictionaries(st.sampled_from(["pgHost", "pgPassword", "database", "odooPort"]), st.text(max_size=20)))
def test_a_rewired_file_says_the_new_values_and_keeps_all_others(values: dict[str, str]) -> None:
    before, after = felix.parse(ODOO).values(), felix.parse(with_values(ODOO, values)).values()
    assert after == {**before, **values}


def test_a_file_that_gives_a_value_twice_is_rewired_in_both_places() -> None:
    assert "wrong" not in with_values('odooPassword="wrong"\nodooPassword="wrong"\n', {"odooPassword": "right"})


@pytest.mark.parametrize(
    ("dockerfile", "inside"),
    [
        ("FROM x\nWORKDIR /opt/b\nCOPY config.d ./config.d\n", "/opt/b/config.d"),
        ("FROM x\nCOPY --chown=1:1 ./config.d/ /etc/openems.d\n", "/etc/openems.d"),
        ("FROM x\nCOPY openems.jar /\n", None),
    ],
)
def test_a_dockerfile_tells_where_the_image_has_the_configuration(dockerfile: str, inside: str | None) -> None:
    assert copied_to(dockerfile) == inside


def test_a_backend_that_knows_no_devices_is_refused_with_what_can_be_done() -> None:
    with pytest.raises(SettingsError, match=r"f has none of Metadata/Odoo.config") as refused:
        read_backend_config({}, "f")
    assert "--runtime embedded needs none" in refused.value.hint


def test_a_backend_whose_devices_two_components_know_is_refused() -> None:
    both = {METADATA: ODOO, DUMMY: 'service.pid="Metadata.Dummy"\n'}
    with pytest.raises(SettingsError, match=r"f has Metadata/Odoo.config and Metadata/Dummy.config") as refused:
        read_backend_config(both, "f")
    assert refused.value.hint == "rm f/Metadata/Dummy.config, or the other one"


def test_a_file_of_odoo_without_its_pid_counts_as_people_mean_it() -> None:
    assert read_backend_config({METADATA: 'database="d"\n'}, "f").metadata.needs_odoo


def test_without_odoo_the_backend_leads_to_no_other_service() -> None:
    found = read_backend_config({DUMMY: 'service.pid="Metadata.Dummy"\n'}, "f")
    assert (found.metadata.pid, found.hosts, found.lines) == ("Metadata.Dummy", {}, {})


def test_ports_of_ui_and_rest_are_those_of_their_files_and_else_those_of_the_release() -> None:
    ui = PurePosixPath("Ui/Websocket.config")
    given = read_backend_config({METADATA: ODOO, REST: "", ui: 'port=I"9082"\n'}, "f")
    assert (given.rest_port, given.ui_port) == (8075, 9082)
    other = replace(DEFAULT, backend_ports=BackendPorts(edges=1, ui=2, rest=3))
    found = read_backend_config({METADATA: ODOO, REST: ""}, "f", other)
    assert (found.edge_port, found.ui_port, found.rest_port) == (1, 2, 3)


def test_properties_that_metadata_odoo_does_not_have_and_values_of_other_types_are_not_read() -> None:
    text = ODOO + 'enabled=B"true"\npgPort=[ \\\n  "1", \\\n  ]\n'
    found = read_backend_config({METADATA: text}, "f").values
    assert found.keys() == DEFAULT.metadata_odoo.keys()
    assert found["pgPort"] == 5432


def test_missing_values_are_added_once_and_numbers_stay_numbers() -> None:
    text = with_values('pgHost="db"\n', {"pgHost": "other", "pgPort": 1, "odooHost": "o"})
    assert text == 'pgHost="other"\npgPort=I"1"\nodooHost="o"\n'
