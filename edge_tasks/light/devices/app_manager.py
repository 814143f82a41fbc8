"""``Core.AppManager``: the singleton that the UI asks for apps; a light edge has none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

from edge_tasks.light.engine.device import NO_ELEMENT, Device, RefusedError
from edge_tasks.openems.components import factory

if TYPE_CHECKING:
    from collections.abc import Mapping

    Params = Mapping[str, object]


def _no_app(params: Params) -> object:
    """It knows no app (``AppManagerImpl.java:447`` of OpenEMS 2024.7.0)."""
    raise RefusedError(f"Unable to find app with id '{_text(params, 'appId')}'")


def _instances(params: Params) -> object:
    _text(params, "appId")
    return {"instances": []}


def _update(params: Params) -> object:
    raise RefusedError(f"Unable to find instance with id '{_instance(params)}'")


def _delete(params: Params) -> object:
    """An instance that is not there is deleted without a word, as on a real edge."""
    _instance(params)
    return {"warnings": []}


def _instance(params: Params) -> str:
    own_id = _text(params, "instanceId")
    try:
        UUID(own_id)
    except ValueError:
        raise RefusedError(f"Invalid UUID string: {own_id}") from None
    return own_id


def _text(params: Params, name: str) -> str:
    found = params.get(name)
    if not isinstance(found, str):
        raise RefusedError(NO_ELEMENT)
    return found


DEVICE: Final = Device(
    factory("Core.AppManager"),
    answers={
        "getApps": lambda _: {"apps": []},
        "getApp": _no_app,
        "getAppAssistant": _no_app,
        "getAppDescriptor": _no_app,
        "getAppInstances": _instances,
        "addAppInstance": _no_app,
        "updateAppInstance": _update,
        "deleteAppInstance": _delete,
    },
)
