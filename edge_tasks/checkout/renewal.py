"""A bundled platform that an earlier version laid out: which of its files nobody has changed since."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeAlias

from edge_tasks.adapters.files import writing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    Shipped: TypeAlias = Mapping[str, frozenset[str]]

EARLIER: Final[Shipped] = MappingProxyType(
    {
        "README.md": frozenset(
            {
                "0e78f9a6d8cc4f9fae2fe5a3c3c1eb294a9b8dcf72a4d56954c001408e681f24",
                "84a170c5281b6fdb8269837fc8544ac56311bae0ac49e0faea8a880d810c0b28",
                "c8f197931aa513bff1accd9d6e7b9209bbbea317b6e0766623f2a1e560ac69a5",
            }
        ),
        "docker-compose.yml": frozenset(
            {
                "6c5ea5f5dc78d876f3e56d3776b14a31e069e00c44bb30b5514ca85bcaba82da",
                "6c7f88dec7053fa9ae147e59beb610d61f001006963f07d51c242b4ab2c512ef",
                "35f1151a7d90034f5a5f1fe1205b6479131d090b592484655059ab564e9c0f75",
            }
        ),
        "odoo/Dockerfile": frozenset({"088e9e57ab4d50f1c66908c9f62a9f77ab44d261ebd656ab3d938c84a5a66c26"}),
        "odoo/.dockerignore": frozenset({"52d90545d5ca3ab41c680e4c066475b5034033bf7bfd6cafb357f9ba8f2ed44e"}),
        "openems-backend/Dockerfile": frozenset(
            {"f301649af2666ce0ad12462c65ec9078add0535706d27f76e47e1b7655d5f140"}
        ),
        "openems-edge/Dockerfile": frozenset(
            {"e71bf4205ae60b05de817321e0897c31d3050930f9daa4dd2343d7146e83fcce"}
        ),
        "openems-backend/config.d/Timedata/Dummy.config": frozenset(
            {"0523336925aa5f7276d5298ef0fa5fa546492bc526f8e7fa43d05e5668b881d2"}
        ),
    }
)
"""File → SHA-256 of what was shipped of it before. Who changes a shipped file adds the digest that it had."""


def find_outdated(folder: Path, earlier: Shipped = EARLIER) -> tuple[PurePosixPath, ...]:
    """The files below a bundled platform's folder that are as an earlier version shipped them."""
    return tuple(PurePosixPath(name) for name, digests in earlier.items() if _digest(folder / name) in digests)


def renew(folder: Path, source: Path, earlier: Shipped = EARLIER) -> tuple[PurePosixPath, ...]:
    """Replace these files by those in ``source``, and add what is new; the files that were replaced.

    What people have changed stays. Nothing is added where nothing was outdated: they may have removed it.

    Raises:
        NotWritable: a file cannot be written.
    """
    outdated = find_outdated(folder, earlier)
    with writing(folder):
        for path in outdated:
            (folder / path).unlink()
        for shipped in sorted(source.rglob("*")) if outdated else ():
            target = folder / shipped.relative_to(source)
            if shipped.is_file() and not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(shipped, target)
    return outdated


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""
