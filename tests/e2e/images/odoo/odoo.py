"""A stand-in for Odoo 16 with the addon ``openems``: ``odoo -d DB -i openems --stop-after-init``, and XML-RPC.

As the official image, it takes ``--``, ``odoo`` or an option for its own command line, gets the database's
address from HOST, PORT, USER and PASSWORD, and waits 30 s for it. As Odoo, it installs in several transactions,
so that a kill half-way leaves a database without the addon's tables; it serves without a database too; user 1
may never log in; archived devices are left out of searches. Passwords are kept in clear: it is a stand-in.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import sys
import time
from http.server import HTTPServer
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any, Final
from xmlrpc.client import Fault
from xmlrpc.server import SimpleXMLRPCDispatcher, SimpleXMLRPCRequestHandler

import psycopg
from psycopg import sql

INITIALISES_S: Final = float(os.environ.get("ODOO_INIT_SECONDS", "1"))
WAITS_S: Final = 30
CONF: Final = Path("/etc/odoo/odoo.conf")
SCHEMA: Final = Path("/schema.sql")
FIRST_OF_ADDON: Final = "CREATE TABLE openems_device ("
COLUMNS: Final = frozenset({"id", "name", "apikey", "active", "comment", "name_number", "openems_is_connected"})
OPERATORS: Final = {"=": "=", "!=": "IS DISTINCT FROM", "in": "= ANY", "not in": "<> ALL"}
DENIED: Final = 3


class Paths(SimpleXMLRPCRequestHandler):
    rpc_paths = ("/xmlrpc/2/common", "/xmlrpc/2/object")

    def do_GET(self) -> None:  # noqa: N802 - the base class's name for it
        found = self.path.partition("?")[0] in ("/web/login", "/web/health")
        self.send_response(200 if found else 404)
        self.send_header("Content-Length", "0")
        self.end_headers()


class Server(ThreadingMixIn, HTTPServer, SimpleXMLRPCDispatcher):
    daemon_threads = True
    logRequests = False  # noqa: N815 - the request handler asks for it by this name

    def __init__(self) -> None:
        SimpleXMLRPCDispatcher.__init__(self, allow_none=True)
        HTTPServer.__init__(self, ("0.0.0.0", 8069), Paths)


def main(command: list[str]) -> None:
    """The official image's entrypoint."""
    if command and command[0] not in ("--", "odoo") and not command[0].startswith("-"):
        os.execvp(command[0], command)
    arguments = command[1:] if command and command[0] in ("--", "odoo") else command
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    await_postgres()
    odoo(arguments)


def odoo(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="odoo")
    parser.add_argument("-d", "--database")
    parser.add_argument("-i", "--init")
    parser.add_argument("--stop-after-init", action="store_true")
    parser.add_argument("--without-demo", default="")
    parser.add_argument("--logfile", help="accepted, and not written: this one says all on its output")
    options = parser.parse_args(arguments)
    if options.init:
        initialise(options.database, with_demo=options.without_demo != "all")
    if not options.stop_after_init:
        serve()


def connected(database: str, **more: Any) -> psycopg.Connection[Any]:
    return psycopg.connect(
        host=os.environ.get("HOST", "db"),
        port=int(os.environ.get("PORT", "5432")),
        user=os.environ.get("USER", "odoo"),
        password=os.environ.get("PASSWORD", "odoo"),
        dbname=database,
        **more,
    )


def await_postgres() -> None:
    deadline = time.monotonic() + WAITS_S
    while problem := postgres_problem():
        if time.monotonic() > deadline:
            sys.exit(f"Database connection failure: {problem}")
        time.sleep(0.5)


def postgres_problem() -> str:
    try:
        connected("postgres", connect_timeout=5).close()
    except psycopg.OperationalError as error:
        return str(error)
    return ""


def initialise(database: str, *, with_demo: bool) -> None:
    """Install ``base``, then the addon; each in a transaction of its own, and each known as half-done before."""
    with connected("postgres", autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,)).fetchone():
            create = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'")
            connection.execute(create.format(sql.Identifier(database)))
    of_base, mark, of_addon = SCHEMA.read_text().partition(FIRST_OF_ADDON)
    with connected(database) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS ir_module_module (name text PRIMARY KEY, state text)")
    rules = "CREATE TABLE ir_rule (name text, active boolean DEFAULT true, model text, domain_force text)"
    install(database, "base", of_base, "ALTER TABLE res_users ADD COLUMN password text", rules)
    with connected(database) as connection:
        connection.execute("UPDATE res_users SET password = 'admin' WHERE id = 2 AND password IS NULL")
    keep_a_file(database)
    demo = (
        "INSERT INTO openems_device (name, name_number, apikey, active, comment, create_uid, write_uid)"
        " VALUES ('edge0', 0, 'DEMO_API_KEY', true, 'OpenEMS Edge #0', 1, 1)"
    )
    install(database, "openems", mark + of_addon, demo if with_demo else "SELECT 1")


def keep_a_file(database: str) -> None:
    """In the ``data_dir`` that the configuration names, if it names one."""
    text = CONF.read_text() if CONF.is_file() else ""
    if found := re.search(r"^data_dir *= *(\S+)", text, re.MULTILINE):
        folder = Path(found[1], "filestore", database)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "logo").write_text("a picture")


def install(database: str, module: str, *statements: str) -> None:
    with connected(database) as connection:
        find = "SELECT state FROM ir_module_module WHERE name = %s"
        state = connection.execute(find, (module,)).fetchone()
        if state == ("installed",):
            return
        if state is not None and module == "base":
            sys.exit("odoo.modules.loading: base is half installed, this database cannot be used")
        insert = "INSERT INTO ir_module_module VALUES (%s, 'to install') ON CONFLICT DO NOTHING"
        connection.execute(insert, (module,))
    print(f"odoo.modules.loading: loading module {module}", flush=True)
    time.sleep(INITIALISES_S * (0.1 if module == "base" else 0.9))
    with connected(database) as connection:
        for statement in statements:
            connection.execute(statement.encode())
        connection.execute("UPDATE ir_module_module SET state = 'installed' WHERE name = %s", (module,))


class Api:
    def _dispatch(self, method: str, parameters: tuple[Any, ...]) -> object:
        functions: dict[str, Any] = {"version": version, "authenticate": authenticate, "execute_kw": execute_kw}
        return functions[method](*parameters)


def serve() -> None:
    server = Server()
    server.register_instance(Api())
    print("odoo.service.server: HTTP service (werkzeug) running on 0.0.0.0:8069", flush=True)
    server.serve_forever()


def version() -> dict[str, str]:
    return {"server_version": "16.0", "server_serie": "16.0"}


def authenticate(database: str, login: str, password: str, _environment: object) -> int | bool:
    with connected(database) as connection:
        query = "SELECT id FROM res_users WHERE active AND login = %s AND password = %s"
        found = connection.execute(query, (login, password)).fetchone()
    return int(found[0]) if found else False


def execute_kw(*call: Any) -> object:
    """database, uid, password, model, method, arguments, and perhaps named arguments."""
    database, uid, password, model, method, arguments = call[:6]
    with connected(database) as connection:
        query = "SELECT 1 FROM res_users WHERE active AND id = %s AND password = %s"
        if not connection.execute(query, (uid, password)).fetchone():
            raise Fault(DENIED, "Access Denied")
        answer = CALLS.get((model, method))
        if answer is None:
            raise Fault(1, f"the stand-in has no {model}.{method}")
        return answer(connection, *arguments, **(call[6] if len(call) > 6 else {}))


def write_users(connection: psycopg.Connection[Any], ids: list[int], values: dict[str, str]) -> bool:
    connection.execute("UPDATE res_users SET password = %s WHERE id = ANY(%s)", (values["password"], ids))
    return True


def read_users(connection: psycopg.Connection[Any], ids: list[int], _fields: object = None) -> object:
    rows = connection.execute("SELECT id, login FROM res_users WHERE id = ANY(%s)", (ids,))
    return [{"id": key, "login": login} for key, login in rows]


def search_devices(
    connection: psycopg.Connection[Any],
    domain: list[Any],
    fields: list[str] | None = None,
    context: dict[str, Any] | None = None,
    **_more: object,
) -> list[dict[str, Any]]:
    wanted = ["id", *sorted(set(fields or ["name"]) & COLUMNS - {"id"})]
    terms: list[sql.Composable] = [sql.SQL("true")]
    values = []
    for column, operator, value in (*domain, *record_rules(connection, "openems.device")):
        terms.append(sql.SQL(f"{{}} {OPERATORS[operator]} (%s)").format(sql.Identifier(column)))
        values.append(value)
    if "active" not in {term[0] for term in domain} and (context or {}).get("active_test", True):
        terms.append(sql.SQL("active"))
    query = sql.SQL("SELECT {} FROM openems_device WHERE {} ORDER BY id").format(
        sql.SQL(", ").join(map(sql.Identifier, wanted)), sql.SQL(" AND ").join(terms)
    )
    return [dict(zip(wanted, row, strict=True)) for row in connection.execute(query, values)]


def record_rules(connection: psycopg.Connection[Any], model: str) -> list[Any]:
    """Terms that hide records from everybody but user 1, here in JSON."""
    query = "SELECT domain_force FROM ir_rule WHERE active AND model = %s"
    return [term for (domain,) in connection.execute(query, (model,)) for term in json.loads(domain)]


def count_devices(
    connection: psycopg.Connection[Any], domain: list[Any], context: dict[str, Any] | None = None
) -> int:
    return len(search_devices(connection, domain, context=context))


CALLS: Final[dict[tuple[str, str], Any]] = {
    ("res.users", "read"): read_users,
    ("res.users", "write"): write_users,
    ("openems.device", "search_read"): search_devices,
    ("openems.device", "search_count"): count_devices,
}


if __name__ == "__main__":
    main(sys.argv[1:])
