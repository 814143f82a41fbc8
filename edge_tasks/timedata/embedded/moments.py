"""The blocks of what an edge has just sent, one moment after another. Pure.

A backend makes them from its first message on. So they need no numpy, which takes 100 ms to import: only who
reads blocks (``block.py``) needs that.
"""

from __future__ import annotations

import struct
import sys
import zlib
from array import array
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

QUARTER_MS: Final = 900_000
HEAD: Final = struct.Struct("<IqIH")
"""What a group begins with, see ``block.py``."""
PLAIN: Final = b"\0"
COMPRESSED: Final = b"\1"
CONSTANT, OFFSET, RISE, COPY, WHOLE, FLOAT, CONSTANT_FLOAT = range(7)
"""What the bytes of a column are, see ``coding.py``."""
KIND_BITS: Final = 4
_WHOLE_MOMENT: Final = CONSTANT << KIND_BITS
"""The code of an integer that is alone."""
_FLOAT_MOMENT: Final = CONSTANT_FLOAT << KIND_BITS
"""The code of a float that is alone."""
_FAST: Final = 1
_FLOAT, _BITS = struct.Struct("<d"), struct.Struct("<q")


def moment(time: int, values: Mapping[int, float]) -> bytes:
    """The group of one moment (epoch ms), by the ids of its channels."""
    codes, bases = bytearray(), array("q")
    for value in values.values():
        whole = type(value) is int
        codes.append(_WHOLE_MOMENT if whole else _FLOAT_MOMENT)
        bases.append(int(value) if whole else _bits(value))
    head = HEAD.pack(1, time, 1, len(values))
    if sys.byteorder == "big":
        bases.byteswap()
    return b"".join((head, struct.pack(f"<{len(values)}I", *values), codes, bases.tobytes()))


def _bits(value: float) -> int:
    bits: int = _BITS.unpack(_FLOAT.pack(value))[0]
    return bits


def compressed(groups: Iterable[bytes | memoryview]) -> bytes:
    """The block of some groups, compressed."""
    return COMPRESSED + zlib.compress(b"".join(groups), _FAST)


def plain(group: bytes) -> bytes:
    """The block of one group, as it is."""
    return PLAIN + group


def together(blocks: Iterable[bytes]) -> bytes:
    """One block with the groups of several."""
    return compressed(opened(block) for block in blocks)


def opened(block: bytes) -> memoryview:
    """The groups of a block, one after another."""
    return memoryview(zlib.decompress(block[1:])) if block[:1] == COMPRESSED else memoryview(block)[1:]
