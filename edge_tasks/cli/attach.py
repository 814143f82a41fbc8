"""Makes the steps for edges at a backend elsewhere: one gives their apikeys away, the other one runs them."""

from __future__ import annotations

import netrc
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from edge_tasks.adapters import machine
from edge_tasks.adapters.children import Children
from edge_tasks.adapters.files import in_utf8
from edge_tasks.adapters.reaching import check_reachable, trust
from edge_tasks.checkout.blueprints import Blueprints
from edge_tasks.checkout.layouts import Platform, bundled_source
from edge_tasks.checkout.platform_meant import find_platform
from edge_tasks.cli.attach_options import CONNECT_RATE, FOR, LIMIT, MIN_AVAILABILITY, TAKES
from edge_tasks.cli.consent import ask_for_consent, load_on
from edge_tasks.cli.effects import own_without_effect
from edge_tasks.cli.judging import check_typed, required
from edge_tasks.cli.options import COMMON
from edge_tasks.cli.selection import edges_meant, selected
from edge_tasks.errors import NotWritable, SettingsError
from edge_tasks.fleet.keys_file import FILE, read_keys
from edge_tasks.fleet.limits import MOST_EDGES
from edge_tasks.openems.backend_address import backend_address, parts_of
from edge_tasks.plan import counted
from edge_tasks.proof.backend_api import BackendApi, opener_trusting
from edge_tasks.runtimes.attached_fleet import fleet_document, groups_of
from edge_tasks.runtimes.attached_host import AttachedHost
from edge_tasks.runtimes.light_options import LightOptions
from edge_tasks.steps.attach import Attach
from edge_tasks.steps.attach_report import AttachReport, default_name
from edge_tasks.steps.attach_report_files import AttachReportFiles
from edge_tasks.steps.attached_proof import AttachedProof
from edge_tasks.steps.export_keys import ExportKeys

if TYPE_CHECKING:
    import ssl

    from edge_tasks.cli.option import Setting
    from edge_tasks.cli.session import Session
    from edge_tasks.fleet.keys_file import EdgeKey
    from edge_tasks.openems.backend_address import BackendAddress

_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def export_keys(session: Session) -> None:
    """``inv export-keys``.

    Raises:
        SettingsError: there is no fleet, no such edge, or no file was named.
        NotWritable: the file cannot be written.
    """
    session.require_fleet()
    path = _path(session, "output", hint="inv export-keys --output keys.csv")
    ExportKeys(edges_meant(session), session.target.blueprints, path, session.console).run()


def attach(session: Session) -> bool:
    """``inv attach``; returns whether it ran for the whole time.

    Raises:
        SettingsError: an option or the file of keys cannot be used, or consent was not given.
        FleetError: as the step says.
    """
    check_typed(session.options, session.typed)
    _say_without_effect(session)
    address, options = _address(session), _light_options(session)
    path = _path(session, "keys", hint="inv export-keys --output keys.csv, on the machine that has the fleet")
    FILE.check_ending(path, "--keys")
    every_key = read_keys(path)
    keys = _chosen(session, every_key)
    ca_file = _path(session, "ca") if session.options.get("ca") else None
    context = trust(ca_file)
    document = _document(session, keys, address, options)
    if ca_file is not None:
        document["ca_file"] = in_utf8(ca_file)
    folder = path.with_name(f"{path.name}.attach")
    every_name = frozenset(key.name for key in every_key)
    host = AttachedHost(folder, document, every_name, Children(folder / "light.log"))
    step = _step(session, host, address, [key.name for key in keys], context, files=_report_files(session, path))
    load = load_on(address, len(keys), options.connect_rate)
    if not address.is_loopback:
        ask_for_consent(load, session)
    session.console.line(load)
    check_reachable(address, context)
    return step.run()


def _step(  # noqa: PLR0913 - one for each thing that was typed
    session: Session,
    host: AttachedHost,
    address: BackendAddress,
    names: list[str],
    context: ssl.SSLContext,
    *,
    files: AttachReportFiles,
) -> Attach:
    return Attach(
        host=host,
        uri=address.uri,
        names=names,
        seconds=_seconds(session),
        least=float(_value(session, MIN_AVAILABILITY)) / 100,
        proof=_proof(session, names, context),
        report=AttachReport(files, session.console),
        output=session.console,
        tell=session.console.heard,
    )


def _say_without_effect(session: Session) -> None:
    typed = [name for name, value in session.options.items() if value]
    for name in typed:
        if name in COMMON and name not in TAKES:
            session.console.line(f"! {COMMON[name].option} has no effect here: attach needs no fleet")
    for line in own_without_effect(typed, session.typed):
        session.console.line(f"! {line}")


def _address(session: Session) -> BackendAddress:
    typed = required(session.options, "backend", "inv attach --backend wss://HOST --keys keys.csv --for 10m")
    found = backend_address(typed)
    if found is None:
        raise SettingsError(
            f"--backend is {typed!r}", hint="wss://HOST, wss://HOST:PORT or ws://HOST:PORT, without a password"
        )
    return found


def _path(session: Session, name: str, *, hint: str = "") -> Path:
    typed = required(session.options, name, hint)
    return (Path.cwd() / Path(typed).expanduser()).resolve()


def _chosen(session: Session, keys: tuple[EdgeKey, ...]) -> list[EdgeKey]:
    """The edges that are meant, if they are not too many.

    Raises:
        SettingsError: the file has no apikey of one, or there are more than ``--limit``.
    """
    typed, limit = session.options.get("edge"), int(_value(session, LIMIT))
    by_index = {key.index: key for key in keys}
    wanted = selected(str(typed), MOST_EDGES) if typed else tuple(by_index)
    if missing := [index for index in wanted if index not in by_index]:
        raise SettingsError(f"the file of keys has no edge{missing[0]}", hint="export it, or name others")
    if len(wanted) > limit:
        raise SettingsError(
            f"{counted(len(wanted), 'edge')} are more than {limit:,}",
            hint=f"--limit {len(wanted)}, or fewer edges: --edge 0-{limit - 1}",
        )
    return [by_index[index] for index in wanted]


def _light_options(session: Session) -> LightOptions:
    choices = session.request.choices()
    is_chosen = choices.chosen("connect_rate").origin != "default"
    return LightOptions(
        processes=choices.number("light_processes"),
        cores=machine.cores(),
        connect_rate=choices.number("connect_rate") if is_chosen else CONNECT_RATE,
        reconnect=choices.text("reconnect"),
    )


def _document(
    session: Session, keys: list[EdgeKey], address: BackendAddress, options: LightOptions
) -> dict[str, object]:
    """What the light host is told. The template is that of a platform only if one was named."""
    choices = session.request.choices()
    named = choices.chosen("platform").value
    platform = (
        find_platform(str(named), session.invocation.home, Path.cwd())
        if named
        else Platform(bundled_source(), bundled=False)
    )
    groups = groups_of(keys, choices.text("seed"), choices.text("profile"), choices.number("meters"))
    return fleet_document(
        keys, Blueprints.of_groups(groups, platform.template, platform.path), address.uri, options
    )


def _proof(session: Session, names: list[str], context: ssl.SSLContext) -> AttachedProof | None:
    """Who asks the backend; None if no REST API was named.

    Raises:
        SettingsError: its address cannot be used, or there is no login for it.
    """
    rest = str(session.options.get("rest") or "").rstrip("/")
    if not rest:
        return None
    parts = parts_of(rest, ("http", "https"))
    if parts is None or parts.hostname is None:
        raise SettingsError(
            f"--rest is {rest!r}", hint="http://HOST:PORT or https://HOST:PORT, without a password"
        )
    file = Path(str(session.options.get("netrc") or "~/.netrc")).expanduser()
    user, password = _login(file, parts.hostname)
    api = BackendApi(
        rest,
        user,
        password,
        source=f"the password in {file}",
        remedy=f"correct the login for {parts.hostname} in {file}",
        opener=opener_trusting(context),
    )
    return AttachedProof(api, names)


def _login(path: Path, host: str) -> tuple[str, str]:
    try:
        found = netrc.netrc(path).authenticators(host)
    except (OSError, netrc.NetrcParseError) as error:
        why = getattr(error, "strerror", None) or getattr(error, "msg", "")
        raise SettingsError(f"{path} cannot be used: {why}", hint="name the file with --netrc") from None
    if found is None or not found[2]:
        raise SettingsError(
            f"{path} has no login for {host}", hint=f"machine {host} login USER password PASSWORD"
        )
    return found[0], found[2]


def _report_files(session: Session, keys: Path) -> AttachReportFiles:
    """Where the report is written, if nothing else is lost there.

    Raises:
        SettingsError: the name has another ending, or the file is the one of the apikeys, or somebody else's.
        NotWritable: nothing can be written there.
    """
    path = (Path.cwd() / Path(str(session.options.get("output") or default_name())).expanduser()).resolve()
    if not os.access(path.parent, os.W_OK):  # nobody wants to learn that after a day
        raise NotWritable(f"{path.parent} cannot be written", hint="name a file elsewhere: --output FILE.html")
    files = AttachReportFiles(path)
    if keys in (files.page, files.document):
        raise SettingsError(
            f"--output would replace the apikeys in {keys}",
            hint=f"another name: --output {path.stem}-report.html",
        )
    files.check()
    return files


def _seconds(session: Session) -> float | None:
    typed = session.options.get(FOR.name)
    if not typed:
        return None
    text = str(FOR.checked(typed, FOR.option))
    return float(int(text[:-1]) * _SECONDS[text[-1]])


def _value(session: Session, setting: Setting) -> str | int:
    return setting.checked(session.options.get(setting.name) or setting.default, setting.option)
