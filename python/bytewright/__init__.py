"""Binary formats in one line: Python's struct, grown up.

>>> import bytewright
>>> bytewright.unpack("<2s:magic I:size", b"BM\\x36\\0\\0\\0")
{'magic': b'BM', 'size': 54}
"""

from ._bytewright import (
    DataError,
    Document,
    FormatError,
    Node,
    Problem,
    RefusedError,
    Struct,
    calcsize,
    inspect,
    iter_unpack,
    pack,
    records,
    unpack,
)
from . import tar

__all__ = [
    "DataError",
    "Document",
    "FormatError",
    "Node",
    "Problem",
    "RefusedError",
    "Struct",
    "calcsize",
    "inspect",
    "iter_unpack",
    "pack",
    "records",
    "tar",
    "unpack",
]
