"""A stand-in for Odoo 16 with the addon ``openems``: ``odoo -d DB -i openems --stop-after-init``, and XML-RPC.

It makes the addon's tables in two transactions, as Odoo does, so that a kill half-way leaves a half database.
Passwords lie in a table of its own, in clear: it is a stand-in.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any
from xmlrpc.server import SimpleXMLRPCRequestHandler, SimpleXMLRPCServer

import psycopg

INITIALISES_S = float(os.environ.get("ODOO_INIT_SECONDS", "1"))


class Paths(SimpleXMLRPCRequestHandler):
    rpc_paths = ("/xmlrpc/2/common", "/xmlrpc/2/object")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("command", nargs="?")
    parser.add_argument("-d", "--database")
    parser.add_argument("-i", "--init")
    parser.add_argument("--stop-after-init", action="store_true")
    parser.add_argument("--without-demo", default="")
    options = parser.parse_args([argument for argument in sys.argv[1:] if argument != "--"])
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    if options.init:
        initialise(options.database, with_demo=options.without_demo != "all")
    if not options.stop_after_init:
        serve()


def connected(database: str, **more: Any) -> psycopg.Connection[Any]:
    host, user = os.environ.get("HOST", "db"), os.environ.get("USER", "odoo")
    return psycopg.connect(host=host, user=user, password=os.environ["PASSWORD"], dbname=database, **more)


def initialise(database: str, *, with_demo: bool) -> None:
    with connected("postgres", autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,)).fetchone() is None:
            connection.execute(f'CREATE DATABASE "{database}"'.encode())
    with connected(database) as connection:
        connection.execute("CREATE TABLE ir_module_module (name text, state text)")
        connection.execute("CREATE TABLE passwords (uid int PRIMARY KEY, password text)")
        connection.execute("INSERT INTO ir_module_module VALUES ('openems', 'to install')")
    print("loading module openems", flush=True)
    time.sleep(INITIALISES_S)
    with connected(database) as connection:
        connection.execute(Path("/schema.sql").read_bytes())
        connection.execute("INSERT INTO passwords VALUES (1, ''), (2, 'admin')")
        connection.execute("UPDATE ir_module_module SET state = 'installed'")
        if with_demo:
            connection.execute(
                "INSERT INTO openems_device (name, apikey, active, comment)"
                " VALUES ('edge0', 'DEMO_API_KEY', true, 'OpenEMS Edge #0')"
            )


def serve() -> None:
    server = SimpleXMLRPCServer(("0.0.0.0", 8069), Paths, allow_none=True, logRequests=False)
    server.register_function(version)
    server.register_function(authenticate)
    server.register_function(execute_kw)
    server.serve_forever()


def version() -> dict[str, str]:
    return {"server_version": "16.0"}


def authenticate(*arguments: Any) -> Any:
    database, login, password, _environment = arguments
    return 2 if login == "admin" and lets_in(database, 2, password) else False


def execute_kw(*given: Any) -> Any:
    database, uid, password, model, method, arguments = given
    if not lets_in(database, uid, password):
        raise PermissionError("Access Denied")
    with connected(database) as connection:
        if (model, method) == ("res.users", "read"):
            return [{"id": uid, "login": "admin"}]
        if (model, method) == ("res.users", "write"):
            ids, values = arguments
            connection.execute(
                "UPDATE passwords SET password = %s WHERE uid = ANY(%s)", (values["password"], ids)
            )
            return True
        if (model, method) == ("openems.device", "search_read"):
            [[[_field, _in, names]], _fields] = arguments
            query = "SELECT id, name FROM openems_device WHERE active AND name = ANY(%s)"
            return [{"id": key, "name": name} for key, name in connection.execute(query, (names,))]
    raise ValueError(f"the stand-in has no {model}.{method}")


def lets_in(database: str, uid: int, password: str) -> bool:
    with connected(database) as connection:
        found = connection.execute("SELECT password FROM passwords WHERE uid = %s", (uid,)).fetchone()
    return bool(password) and found is not None and found[0] == password


if __name__ == "__main__":
    main()
