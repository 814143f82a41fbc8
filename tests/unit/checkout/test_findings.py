from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from edge_tasks.checkout import findings
from edge_tasks.checkout.backend_config import METADATA, BackendConfig, read_backend_config
from edge_tasks.checkout.project import Project
from edge_tasks.checkout.roles import Services
from edge_tasks.fleet.identity import Fleet

if TYPE_CHECKING:
    from edge_tasks.checkout.project import Service

SERVICES = Services("openems-edge", "openems-backend", "db", "odoo16", ())
DATABASE: Service = {"environment": {"POSTGRES_USER": "odoo", "POSTGRES_PASSWORD": "s3cret"}}
ODOO: Service = {"environment": {"HOST": "db", "USER": "odoo", "PASSWORD": "s3cret"}}
RIGHT = (
    'database="openems"\npgHost="db"\npgUser="odoo"\npgPassword="s3cret"\nodooHost="odoo16"\nodooPassword="x"\n'
)
REST = {PurePosixPath("Backend2Backend/Rest/x.config"): 'port=I"8075"\n'}


def project(**services: Service) -> Project:
    return Project("p", {"db": DATABASE, "odoo16": ODOO, **services})


def config(text: str) -> BackendConfig:
    return read_backend_config({METADATA: text, **REST}, "f")


def place(*path: str) -> str:
    return f"compose.yml:{'/'.join(path)}"


def test_a_platform_that_agrees_with_itself_has_no_findings() -> None:
    assert findings.check_backend_config(config(RIGHT), project(), SERVICES, "f") == []
    assert findings.check_odoo(project(), SERVICES, place) == []


def test_every_disagreement_is_found_at_once_with_its_line_and_no_password() -> None:
    wrong = (
        'database="postgres"\npgHost="localhost"\npgPassword="other"\nodooHost="localhost"\nodooPassword="x"\n'
    )
    found = [str(finding) for finding in findings.check_backend_config(config(wrong), project(), SERVICES, "f")]
    assert [text.partition(" ")[0] for text in found] == [f"f/{METADATA}:{line}:" for line in (2, 4, 3, 1)]
    assert "pgHost is 'localhost', not the database's service (db)" in found[0]
    assert "make it 'db', or" in found[0]
    assert "make it the same, or" in found[2]
    assert not [text for text in found if "s3cret" in text or "other" in text]


def test_what_fix_writes_makes_all_of_it_right() -> None:
    wrong = config('database="postgres"\npgHost="localhost"\npgPassword="other"\nodooPassword="x"\n')
    fixes = findings.corrections(findings.check_backend_config(wrong, project(), SERVICES, "f"))
    assert fixes == {"pgHost": "db", "odooHost": "odoo16", "pgPassword": "s3cret", "database": "openems"}


def test_a_backend_without_rest_is_said_and_no_error() -> None:
    found = findings.check_backend_config(read_backend_config({METADATA: RIGHT}, "f"), project(), SERVICES, "f")
    assert [(finding.where, finding.is_error) for finding in found] == [("f/Backend2Backend/Rest", False)]
    fixed = {METADATA: RIGHT, **findings.additions(found)}
    assert read_backend_config(fixed, "f").rest_port == 8075
    [path] = findings.additions(found)
    assert f'service.pid="{str(path).removesuffix(".config").replace("/", ".")}"' in fixed[path]


def test_odoo_with_another_database_password_is_found() -> None:
    odoo: Service = {"environment": {"HOST": "db", "PASSWORD": "old"}}
    [found] = findings.check_odoo(project(odoo16=odoo), SERVICES, place)
    assert found.where == "compose.yml:odoo16/environment/PASSWORD"
    assert "PASSWORD is not db's" in found.what
    assert "s3cret" not in str(found)


def test_what_edges_do_not_take_over_is_said_with_its_line() -> None:
    found = findings.check_edge(("/c/data at /data",), ("-Xmx2g",), "host", place)
    assert [(str(finding).partition(": ")[0], finding.is_error) for finding in found] == [
        ("compose.yml:volumes", False),
        ("compose.yml:environment/JAVA_TOOL_OPTIONS", False),
        ("compose.yml:network_mode", True),
    ]
    assert findings.check_edge((), (), "", place) == []


def test_an_edge_and_a_service_that_want_one_port_are_both_named() -> None:
    edges = Fleet("id", bytes(32), 3).edges
    [found] = findings.check_edge_ports(edges, {8180: "keycloak", 10016: "odoo16"}, place)
    assert str(found).startswith("compose.yml:keycloak/ports: host port 8180 is keycloak's and edge1's")


def test_missing_addons_are_named() -> None:
    [found] = findings.check_addons("/addons", ["openems"])
    assert found.what == "no addon web_m2x_options, partner_firstname"
    assert findings.check_addons("/addons", [*findings.ADDONS, "more"]) == []
