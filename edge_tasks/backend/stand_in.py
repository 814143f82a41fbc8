"""The stand-in's core: devices, values and sockets, and the moments at which they reach the device table."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from aiohttp import web

from edge_tasks.backend import json_rpc, system_log
from edge_tasks.backend.counters import Counters
from edge_tasks.backend.garbage import Garbage
from edge_tasks.backend.history import History
from edge_tasks.backend.known_devices import Device, Devices, new_version
from edge_tasks.backend.lines import Lines
from edge_tasks.backend.outbox import Outbox
from edge_tasks.backend.store import Store, StoreError, reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from edge_tasks.backend.channel_cache import Value
    from edge_tasks.backend.config_file import Config
    from edge_tasks.backend.live_history import LiveHistory
    from edge_tasks.backend.sockets import Line, Socket

LOG: Final = logging.getLogger("edge_tasks.backend")
_LAST_WRITES_SECONDS: Final = 7.6
"""Those of ten thousand edges take a few seconds, and a process that has not ended after ten is killed."""
_LAST_GOODBYE_SECONDS: Final = 0.2
_PULSE_SECONDS: Final = 1.0


class Backend:
    """One running backend.

    Attributes:
        config: what it was told.
        devices: the device table as it was at the last activation.
        lines: the open connections of edges, or of the program that has them.
        ready: set while `devices` is in place; new connections wait for it.
        counters: what came, since the process began.
        minute: now, in minutes since 1970; at most a second late.
        history: what edges sent, and what is answered about it.
        lag: by how many seconds the last pulse was late, which shows how busy this process is.
    """

    def __init__(self, config: Config) -> None:
        self.config = config
        self.devices = Devices()
        self.lines = Lines()
        self.ready = asyncio.Event()
        self.counters = Counters()
        self.minute = minute_now()
        self.lag = 0.0
        self.history = History(config, LOG)
        self._store = Store(config.database)
        self._configs = Outbox(self._store.write_configs, "The configs", LOG)
        self._versions = Outbox(self._store.write_versions, "The versions", LOG)
        self._seen: set[str] = set()
        self._activation = asyncio.Lock()
        self._arrivals: list[Line] = []

    @property
    def queues(self) -> dict[str, int]:
        """How many devices have something that waits to be written, by what it is."""
        return {
            "configs": len(self._configs),
            "versions": len(self._versions),
            "rows": self.devices.pending,
            "history": len(self.history.live),
        }

    async def activate(self) -> None:
        """Drop every edge, then read the device table. If it cannot be read, go on without any device."""
        async with self._activation:
            self.ready.clear()
            await self.lines.close()
            await self._drain()
            await self._flush()
            self._seen.clear()
            try:
                self.devices = Devices(await self._store.load())
                await self.history.live.prepare()
                LOG.info("%d devices read", len(self.devices))
            except StoreError as error:
                self.devices = Devices()
                LOG.error("The device table cannot be read, so every edge is refused: %s", reason(error))  # noqa: TRY400 - one line
            finally:
                self.ready.set()
                arrivals, self._arrivals = self._arrivals, []
                for line in arrivals:
                    line.admit(self.devices)

    async def flush_for_ever(self) -> None:
        """Write what changed, every 30 seconds."""
        while True:
            await asyncio.sleep(self.config.flush_seconds)
            await self._flush()

    async def pulse_for_ever(self) -> None:
        """Note the minute and how late this process is, every second; tidy up, every minute."""
        garbage = Garbage()
        while True:
            due = time.monotonic() + _PULSE_SECONDS
            await asyncio.sleep(_PULSE_SECONDS)
            self.lag = max(0.0, time.monotonic() - due)
            if self.minute != minute_now():
                self.minute = minute_now()
                garbage.tidy(self.counters.disconnects)

    async def stop(self) -> None:
        """Close every line, write which edges went offline, and close the connections to the database."""
        self.ready.clear()
        await self.lines.close()
        await asyncio.gather(self._write_last(), self.history.close(_LAST_WRITES_SECONDS))
        with suppress(asyncio.TimeoutError, StoreError):
            await asyncio.wait_for(self._store.close(), _LAST_GOODBYE_SECONDS)

    def arrived(self, line: Line) -> None:
        """Admit a line that was opened, or let it wait while the devices are read."""
        if self.ready.is_set():
            line.admit(self.devices)
        else:
            self._arrivals.append(line)

    def joined(self, socket: Socket, devices: Devices, device: Device) -> None:
        """Note that a device has one more connection."""
        self.counters.connects += 1
        devices.connect(device, socket, self.minute)

    def left(self, socket: Socket, devices: Devices, device: Device) -> None:
        """Note that such a connection has ended."""
        self.counters.disconnects += 1
        devices.disconnect(device, socket)

    def take(self, socket: Socket, devices: Devices, device: Device, text: bytes) -> bytes | None:
        """Take over a message of an edge, and return the answer if it is a request.

        Raises:
            InvalidMessageError: it is none.
        """
        self.counters.received += len(text)
        if device.minute < self.minute:
            devices.heard(device, self.minute)
        if text == json_rpc.EMPTY:
            self.counters.data += 1
            return None
        if self.take_config(device, text):
            return None
        message = json_rpc.parse(text)
        if isinstance(message, json_rpc.Answer):
            self.counters.count("answer")
            socket.answered(message)
            return None
        self.counters.count(message.method)
        if message.id is not None:
            return json_rpc.refusal(message.id, refused(message.method))
        self._notified(socket, device, message)
        return None

    def take_config(self, device: Device, text: bytes) -> bool:
        """Take over an `edgeConfig` as edges send it; return whether it is one.

        Raises:
            InvalidMessageError: it begins like one, but is none.
        """
        if not text.startswith(json_rpc.CONFIG):
            return False
        self._configs.put(device.id, json_rpc.params_of_config(text))
        self.counters.count("edgeConfig")
        return True

    async def config_of(self, name: str) -> str | None:
        """The configuration that is stored for an edge.

        Raises:
            RpcError: the table cannot be read.
        """
        try:
            return await self._store.config(name)
        except StoreError as error:
            raise json_rpc.RpcError(f"Unable to read to EdgeConfig for [{name}]: {reason(error)}") from error

    async def visible(self, names: Iterable[str]) -> list[Device]:
        """The devices of these names, if the login may see all of them.

        The real one asks Odoo for each, once: an edge that was shown stays so until the next activation.

        Raises:
            RpcError: one is not in the table or not active, or was added after the last activation; or the
                table cannot be read.
        """
        await self.ready.wait()
        wanted = list(dict.fromkeys(names))
        active = await self._active([name for name in wanted if name not in self._seen])
        return [self._visible(name, active) for name in wanted]

    def _visible(self, name: str, active: set[str]) -> Device:
        device = self.devices.by_name(name)
        if name not in self._seen and name not in active:
            raise json_rpc.invisible()
        if device is None:
            raise json_rpc.RpcError(f"Unable to find edge with id [{name}]")
        self._seen.add(name)
        return device

    async def _active(self, names: list[str]) -> set[str]:
        try:
            return await self._store.active(names) if names else set()
        except StoreError as error:
            raise json_rpc.RpcError(f"The device table cannot be read: {reason(error)}") from error

    def _notified(self, socket: Socket, device: Device, message: json_rpc.Message) -> None:
        """Take over a notification. `resendData` is not stored by OpenEMS' provider, and so not here."""
        if message.method == "timestampedData":
            self._take_data(device, socket.cache.update, message.params, self.history.live)
        elif message.method == "aggregatedData":
            self._take_data(device, socket.cache.update_aggregated, message.params)
        elif message.method == "systemLog":
            LOG.debug("%s: %s", device.name, message.params.get("line"))
            system_log.stop(socket)
        elif message.method == "edgeConfig":
            self._configs.put(device.id, json_rpc.dumped(message.params))
        elif message.method == "logMessage":
            LOG.info("%s: %s", device.name, message.params)
        elif message.method != "resendData":
            LOG.warning("%s sent an unknown notification, %s", device.name, message.method)

    def _take_data(
        self,
        device: Device,
        update: Callable[[int, Mapping[str, Value]], None],
        params: Mapping[str, object],
        history: LiveHistory | None = None,
    ) -> None:
        for timestamp, values in json_rpc.moments(params):
            update(timestamp, values)
            if history is not None and values:
                history.take(device, timestamp, values)
            if "_sum/State" in values:
                self.devices.told_state(device, values["_sum/State"])
            version = new_version(device, values.get("_meta/Version"))
            if version is not None:
                device.version = version
                self._versions.put(device.id, version)

    async def _drain(self) -> None:
        await self._configs.drain()
        await self._versions.drain()

    async def _write_last(self) -> None:
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._drain(), _LAST_WRITES_SECONDS / 2)
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._flush(), _LAST_WRITES_SECONDS / 2)

    async def _flush(self) -> None:
        writes = self.devices.take_writes()
        try:
            await self._store.flush(writes)
        except StoreError as error:
            self.devices.put_back(writes)
            LOG.warning("The device table cannot be written; the next attempt follows: %s", reason(error))


BACKEND: Final[web.AppKey[Backend]] = web.AppKey("backend", Backend)


def minute_now() -> int:
    """Minutes since 1970."""
    return int(time.time()) // 60


def refused(method: str) -> json_rpc.RpcError:
    """The only request of an edge that a backend knows is for an app centre, which does not exist here."""
    return json_rpc.RpcError(json_rpc.NO_APP_CENTRE) if method == "appCenter" else json_rpc.unhandled(method)
