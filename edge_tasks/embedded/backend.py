"""The stand-in's core: devices, values and sockets, and the moments at which they reach the device table."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Protocol

from edge_tasks.embedded import rpc
from edge_tasks.embedded.cache import ChannelCache
from edge_tasks.embedded.devices import Device, Devices, new_version
from edge_tasks.embedded.store import Store, StoreError, reason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edge_tasks.embedded.config import Config

LOG = logging.getLogger("edge_tasks.embedded")
_CLOSE_SECONDS = 0.8
_LAST_FLUSH_SECONDS = 0.8


class Socket(Protocol):
    """An edge's connection as the core sees it."""

    async def close(self) -> None:
        """Say good-bye with 1001."""

    async def ping(self, period: float) -> None:
        """Ping, or drop the peer that did not answer for one and a half periods."""


class Backend:
    """One running backend.

    Attributes:
        config: what it was told.
        devices: the device table as it was at the last activation.
        cache: the newest channel values; they outlive a re-activation.
        sockets: the open connections of edges.
        ready: set while `devices` is in place; new connections wait for it.
    """

    def __init__(self, config: Config) -> None:
        self.config = config
        self.devices = Devices()
        self.cache = ChannelCache()
        self.sockets: set[Socket] = set()
        self.ready = asyncio.Event()
        self._store = Store(config.database)
        self._activation = asyncio.Lock()

    async def activate(self) -> None:
        """Drop every edge, then read the device table; without one, go on with no device at all."""
        async with self._activation:
            self.ready.clear()
            await self._close_sockets()
            await self._flush()
            try:
                self.devices = Devices(await self._store.load())
                LOG.info("%d devices read", len(self.devices))
            except StoreError as error:
                self.devices = Devices()
                LOG.error("The device table cannot be read, every edge is refused: %s", reason(error))  # noqa: TRY400 - one line
            finally:
                self.ready.set()

    async def flush_for_ever(self) -> None:
        """Write what changed, every 30 seconds."""
        while True:
            await asyncio.sleep(self.config.flush_seconds)
            await self._flush()

    async def ping_for_ever(self) -> None:
        """Ping every edge, every 60 seconds."""
        period = self.config.ping_seconds
        while True:
            await asyncio.sleep(period)
            await asyncio.gather(*(socket.ping(period) for socket in self.sockets), return_exceptions=True)

    async def stop(self) -> None:
        """Close every socket, write who went offline, and let go of the database."""
        self.ready.clear()
        await self._close_sockets()
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._flush(), _LAST_FLUSH_SECONDS)
        with suppress(asyncio.TimeoutError, StoreError):
            await asyncio.wait_for(self._store.close(), _LAST_FLUSH_SECONDS / 4)

    async def take(self, device: Device, message: rpc.Message) -> None:
        """Take over a notification of an edge; others than these four mean nothing to us."""
        if message.method == "edgeConfig":
            await self._take_config(device, message.params)
        elif message.method == "timestampedData":
            await self._take_current(device, message.params)
        elif message.method in {"aggregatedData", "resendData"}:
            self._cache_all(device, message.params)
            self.devices.heard(device, _now())

    async def active(self, names: list[str]) -> set[str]:
        """Return those of the named devices that are active in the table at this moment.

        Raises:
            RpcError: the table cannot be read.
        """
        try:
            return await self._store.active(names)
        except StoreError as error:
            raise rpc.RpcError(f"The device table cannot be read: {reason(error)}") from error

    async def _take_config(self, device: Device, config: Mapping[str, Any]) -> None:
        try:
            await self._store.write_config(device, config)
        except StoreError as error:
            LOG.warning("The config of %s cannot be written: %s", device.name, reason(error))

    async def _take_current(self, device: Device, params: Mapping[str, Any]) -> None:
        self._cache_all(device, params)
        current = self.cache.values(device.name, ("_sum/State", "_meta/Version"))
        self.devices.heard(device, _now(), current["_sum/State"])
        version = new_version(device, current["_meta/Version"])
        if version is None:
            return
        device.version = version  # before the statement: another message may come meanwhile
        try:
            await self._store.write_version(device, version)
        except StoreError as error:
            LOG.warning("The version of %s cannot be written: %s", device.name, reason(error))

    def _cache_all(self, device: Device, params: Mapping[str, Any]) -> None:
        for timestamp, values in rpc.moments(params):
            self.cache.update(device.name, timestamp, values)

    async def _flush(self) -> None:
        changed = self.devices.take_changed()
        try:
            await self._store.flush(changed)
        except StoreError as error:
            self.devices.put_back(changed)
            LOG.warning("The device table cannot be written, next time again: %s", reason(error))

    async def _close_sockets(self) -> None:
        """Close all sockets at once, and wait until their readers have noticed."""
        closing = [asyncio.ensure_future(socket.close()) for socket in self.sockets]
        if closing:
            await asyncio.wait(closing, timeout=_CLOSE_SECONDS)
        for task in closing:
            task.cancel()


def _now() -> datetime:
    """UTC without a time zone, as Odoo keeps it."""
    return datetime.now(timezone.utc).replace(tzinfo=None)
