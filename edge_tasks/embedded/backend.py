"""The stand-in's core: devices, values and sockets, and the moments at which they reach the device table."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Protocol

from edge_tasks.embedded import rpc
from edge_tasks.embedded.devices import Device, Devices, new_version
from edge_tasks.embedded.outbox import Outbox
from edge_tasks.embedded.store import Store, StoreError, reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from edge_tasks.embedded.cache import ChannelCache, Value
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
        sockets: the open connections of edges.
        ready: set while `devices` is in place; new connections wait for it.
    """

    def __init__(self, config: Config) -> None:
        self.config = config
        self.devices = Devices()
        self.sockets: set[Socket] = set()
        self.ready = asyncio.Event()
        self._store = Store(config.database)
        self._configs = Outbox(self._store.write_configs, "The configs", LOG)
        self._versions = Outbox(self._store.write_versions, "The versions", LOG)
        self._seen: set[str] = set()
        self._activation = asyncio.Lock()

    async def activate(self) -> None:
        """Drop every edge, then read the device table; without one, go on with no device at all."""
        async with self._activation:
            self.ready.clear()
            await self._close_sockets()
            await self._drain()
            await self._flush()
            self._seen.clear()
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
            await asyncio.wait_for(self._drain(), _LAST_FLUSH_SECONDS)
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._flush(), _LAST_FLUSH_SECONDS)
        with suppress(asyncio.TimeoutError, StoreError):
            await asyncio.wait_for(self._store.close(), _LAST_FLUSH_SECONDS / 4)

    async def take(self, device: Device, cache: ChannelCache, message: rpc.Message) -> None:
        """Take over a notification of an edge; others than these three need no more than having come.

        `resendData` is for a database of the past, which there is none of here.
        """
        self.devices.heard(device, now())
        if message.method == "edgeConfig":
            await self._configs.put(device.id, message.params)
        elif message.method == "timestampedData":
            await self._take_data(device, cache.update, message.params)
        elif message.method == "aggregatedData":
            await self._take_data(device, cache.update_aggregated, message.params)

    async def visible(self, names: Iterable[str]) -> list[Device]:
        """The devices of these names, in which the login may look: all of them, or none.

        The real one asks Odoo for each, once: who was shown stays so until the next activation.

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
            raise rpc.invisible()
        if device is None:
            raise rpc.RpcError(f"Unable to find edge with id [{name}]")
        self._seen.add(name)
        return device

    async def _active(self, names: list[str]) -> set[str]:
        try:
            return await self._store.active(names) if names else set()
        except StoreError as error:
            raise rpc.RpcError(f"The device table cannot be read: {reason(error)}") from error

    async def _take_data(
        self, device: Device, update: Callable[[int, Mapping[str, Value]], None], params: Mapping[str, Any]
    ) -> None:
        for timestamp, values in rpc.moments(params):
            update(timestamp, values)
            self.devices.told_state(device, values.get("_sum/State"))
            version = new_version(device, values.get("_meta/Version"))
            if version is not None:
                device.version = version  # before the statement: another message may come meanwhile
                await self._versions.put(device.id, version)

    async def _drain(self) -> None:
        await self._configs.drain()
        await self._versions.drain()

    async def _flush(self) -> None:
        writes = self.devices.take_writes()
        try:
            await self._store.flush(writes)
        except StoreError as error:
            self.devices.put_back(writes)
            LOG.warning("The device table cannot be written, next time again: %s", reason(error))

    async def _close_sockets(self) -> None:
        """Close all sockets at once, and wait until their readers have noticed."""
        closing = [asyncio.ensure_future(socket.close()) for socket in self.sockets]
        if closing:
            await asyncio.wait(closing, timeout=_CLOSE_SECONDS)
        for task in closing:
            task.cancel()


def now() -> datetime:
    """UTC without a time zone, as Odoo keeps it."""
    return datetime.now(timezone.utc).replace(tzinfo=None)
