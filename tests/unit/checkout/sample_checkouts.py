"""Checkouts as people have them, of our own making, modelled on OpenEMS' own: layout, registry, release."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from edge_tasks.checkout.as_written import read_services
from edge_tasks.checkout.compose_file import find_compose_files
from edge_tasks.checkout.layouts import Platform
from edge_tasks.checkout.project import Project
from edge_tasks.checkout.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

BACKEND_CONFIG: Final = "openems-backend/config.d"
BACKEND_EDGE_CONFIG: Final = "openems-backend-edge/config.d"
_MOUNTED: Final = "/var/opt/openems/config"


def config(pid: str, more: str = "") -> str:
    """The text of a ``.config`` file."""
    return f'{more}service.pid="{pid}"\n'


ODOO: Final = (
    'pgHost="db"\npgPassword="secret of pg"\nodooHost="odoo16"\nodooPassword="secret of odoo"\ndatabase="o"\n'
)
ONE_PROGRAM: Final = {
    f"{BACKEND_CONFIG}/Edge/Websocket.config": config("Edge.Websocket", 'port=I"8081"\n'),
    f"{BACKEND_CONFIG}/Ui/Websocket.config": config("Ui.Websocket", 'port=I"8082"\n'),
}
WITH_REST: Final = {
    f"{BACKEND_CONFIG}/Backend2Backend/Rest/a.config": config("Backend2Backend.Rest.a", 'port=I"8075"\n')
}
WITH_ODOO: Final = {f"{BACKEND_CONFIG}/Metadata/Odoo.config": config("Metadata.Odoo", ODOO)}
WITH_FILE: Final = {
    f"{BACKEND_CONFIG}/Metadata/File.config": config("Metadata.File", 'path="/var/opt/openems/metadata.json"\n')
}
WITH_DUMMY: Final = {f"{BACKEND_CONFIG}/Metadata/Dummy.config": config("Metadata.Dummy")}
TWO_PROGRAMS: Final = {
    f"{BACKEND_CONFIG}/Edge/Manager.config": config("Edge.Manager", 'poolSize=I"10"\nport=I"8083"\n'),
    f"{BACKEND_EDGE_CONFIG}/Backend/Edge/App.config": config(
        "Backend.Edge.App", 'port=I"8081"\nuri="ws://openems-backend:8083"\n'
    ),
}
TEMPLATE: Final = {
    "openems-edge/config.d/Controller/Api/Backend/ctrlBackend0.config": (
        'id="ctrlBackend0"\nservice.factoryPid="Controller.Api.Backend"\n'
        'service.pid="Controller.Api.Backend.ctrlBackend0"\n'
    )
}
ODOO_SERVICES: Final = """
  db: {image: "postgres:15", environment: {POSTGRES_USER: odoo, POSTGRES_PASSWORD: secret of pg}}
  odoo16: {image: "odoo:16.0", ports: ["10016:8069"]}
"""
DOCKER_OPENEMS: Final = f"""\
services:
  openems-backend:
    image: openems-backend:{{tag}}
    ports: ["8081:8081"]
    volumes: ["./{BACKEND_CONFIG}:/etc/openems-backend.d"]
  openems-edge:
    image: openems-edge:{{tag}}
    volumes: ["./openems-edge/config.d:/etc/openems.d"]
"""
SECOND_PROGRAM: Final = f"""\
  openems-backend-edge:
    image: openems/backend-edge:{{tag}}
    ports: ["8081:8081"]
    volumes: ["./{BACKEND_EDGE_CONFIG}:{_MOUNTED}"]
"""
OFFICIAL_EDGE: Final = f"""\
services:
  openems-edge:
    image: openems/edge:{{tag}}
    container_name: openems_edge
    hostname: openems_edge
    restart: unless-stopped
    volumes: ["openems-edge-conf:{_MOUNTED}:rw", "openems-edge-data:/var/opt/openems/data:rw"]
    ports: ["8080:8080", "8085:8085"]
  openems-ui:
    image: openems/ui-edge:{{tag}}
    ports: ["80:80"]
volumes: {{{{openems-edge-conf: , openems-edge-data: }}}}
"""
OFFICIAL_BACKEND: Final = f"""\
services:
  openems_backend:
    image: openems/backend:{{tag}}
    container_name: openems_backend
    hostname: openems_backend
    volumes: ["openems-backend-conf:{_MOUNTED}:rw"]
    ports: ["8079:8079", "8081:8081", "8082:8082"]
  openems-ui:
    image: openems/ui-backend:{{tag}}
    ports: ["80:80"]
volumes: {{{{openems-backend-conf: }}}}
"""


OFFICIAL_BACKEND_EDGE: Final = f"""\
services:
  openems_backend_edge:
    image: openems/backend-edge:{{tag}}
    container_name: openems_backend_edge
    hostname: openems-backend-edge
    volumes: ["openems-backend-edge-conf:{_MOUNTED}:rw"]
    ports: ["8078:8078", "8081:8081"]
volumes: {{{{openems-backend-edge-conf: }}}}
"""


def compose_text(text: str, tag: str = "latest") -> str:
    """A compose file of a release."""
    return text.format(tag=tag)


def survey_of(folder: Path, compose: str, files: Mapping[str, str], told: str = "") -> Survey:
    """Write a checkout, and read it as a machine without Docker does."""
    for name, text in {"docker-compose.yml": compose, **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    platform = Platform(folder, bundled=False)
    project = Project("p", read_services(find_compose_files(folder), folder))
    return Survey(platform, project, told=told)
