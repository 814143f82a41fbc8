"""Checkouts that are written otherwise than the stock one, brought up whole."""

from __future__ import annotations

from typing import Any

COMPOSE = """
version: "3.8"
x-common: &common
  restart: ${RESTART:-no}
  networks: [energy]

services:
  house:
    <<: *common
    build: {context: ./openems-edge}
    image: edge-tasks-test-odd-edge
    container_name: the-house
    hostname: house
    profiles: [edge]
    env_file: [house.env]
    environment:
      - JAVA_TOOL_OPTIONS=-Xmx2g -Dsite=${SITE}
      - GREETING=it costs $$5
    extra_hosts: ["meter.lan:10.0.0.7"]
    volumes:
      - ./openems-edge/config.d:/etc/openems.d
      - ./history:/history
    healthcheck: {test: ["CMD", "false"], interval: 1s}
  cloud:
    <<: *common
    build: ./openems-backend
    image: edge-tasks-test-odd-backend
    container_name: the-cloud
    depends_on: {database: {condition: service_started}}
  database:
    <<: *common
    image: postgres:15
    environment: {POSTGRES_USER: energy, POSTGRES_PASSWORD: "${PASSWORD}"}
  erp:
    <<: *common
    image: odoo:16.0
    environment: [HOST=database, USER=energy, "PASSWORD=${PASSWORD}"]

networks: {energy: {}}
"""
ENVIRONMENT = "COMPOSE_PROJECT_NAME=odd\nPASSWORD='pa$$w0rd \"x\"'\nSITE=north\nRESTART=always\n"
METADATA = """\
database="openems"
odooHost="erp"
odooPassword="odoo\\ admin"
odooPort=I"8069"
odooUid=I"2"
pgHost="database"
pgPassword="pa$$w0rd\\ \\"x\\""
pgUser="energy"
service.pid="Metadata.Odoo"
"""


def test_other_names_styles_users_and_passwords_come_up_and_nothing_is_lost_or_told(
    platform: Any,
) -> None:
    files = {
        "docker-compose.yml": COMPOSE,
        ".env": ENVIRONMENT,
        "house.env": "TOKEN=s3cretT0ken\n",
        "openems-backend/config.d/Metadata/Odoo.config": METADATA,
    }
    for name, text in files.items():
        (platform.path / name).write_text(text)
    platform.git("add", "-A")
    platform.git("commit", "-qm", "theirs")
    odd = platform.with_options("--project-name", "odd")  # for the tests: .env says so, too
    try:
        said = odd.inv("setup", "--edges", "2")
        assert "2 online" in said
        assert "docker-compose.yml:20: ./history at /history is writable → the edges do not share it" in said
        assert "docker-compose.yml:17: -Xmx2g is only for the platform's own edge" in said
        assert set(odd.containers()) == {"cloud", "database", "erp", "openems-edge-0", "openems-edge-1"}
        inside = odd.docker("exec", odd.containers()["openems-edge-1"], "env")
        assert "TOKEN=s3cretT0ken" in inside
        assert "GREETING=it costs $5" in inside
        assert "-Xmx128m" in inside
        assert "-Dsite=north" in inside
        assert "meter.lan" in odd.docker("exec", odd.containers()["openems-edge-1"], "cat", "/etc/hosts")
        assert odd.inv("setup").count("nothing to do") == 7
        told = said + odd.inv("status", "--json") + (odd.path / ".edge-tasks" / "docker.log").read_text()
        told += (odd.path / "docker-compose.override.yml").read_text()
        assert not [secret for secret in ("s3cretT0ken", "pa$", "odoo admin") if secret in told]
        odd.inv("down", "--purge")
        assert odd.git("status", "--short", "--ignored") == ""
    finally:
        odd.inv("down", "--purge")
        for image in ("edge-tasks-test-odd-edge", "edge-tasks-test-odd-backend"):
            odd.docker("rmi", "-f", image)
