"""The embedded runtime's compose override: nothing here starts what is in it, but people and Docker may."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from edge_tasks.adapters.containers import Image
from edge_tasks.checkout.inheritance import USER_IDS, Caller, environment_file_as_written, inherit
from edge_tasks.checkout.override import Hosting, render_override
from edge_tasks.runtimes.plans import Override

if TYPE_CHECKING:
    from edge_tasks.runtimes.context import RuntimeContext

_ENVIRONMENT: Final = "edge.env"


def override(context: RuntimeContext) -> Override:
    """A service for each edge that takes over what the platform's own one has, as far as its file says it."""
    compose, platform = context.compose(), context.platform
    caller = Caller(os.geteuid(), os.getegid())
    inherited = inherit(compose.edge, Image(), caller, str(platform.template_folder), _is_file)
    ids = {name: inherited.environment[name] for name in USER_IDS if name in inherited.environment}
    environment = {**(compose.edge.get("environment") or {}), **ids}
    companion = context.state.folder / _ENVIRONMENT
    hosting = Hosting(
        config_target=inherited.config_target,
        java_options="",
        memory="",
        edge_port=0,
        additions={},
        user=inherited.user if "user" in compose.edge else "",
        inherited=inherited.options,
        environment_file=f"./{companion.relative_to(platform.path)}" if environment else "",
        environment_files=tuple(compose.edge.get("env_file") or ()),
        volumes=inherited.volumes,
    )
    text = render_override(context.fleet.edges_with_directory, compose, hosting)
    return Override(text, {companion: environment_file_as_written(environment)} if environment else {})


def _is_file(path: str) -> bool:
    return Path(path).exists() and not Path(path).is_dir()
