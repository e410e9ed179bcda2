from os import PathLike
from typing import Any, final

from . import tar as tar


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

# What has the buffer protocol; typing can't say it before Python 3.12.
_Buffer = Any

class FormatError(ValueError):
    """A format that is none. `span` says which bytes of it, `hint` what to do."""

    span: tuple[int, int]
    hint: str

class DataError(ValueError):
    """Data that don't fit the format, or values that it can't hold."""

    path: str
    offset: int | None

class RefusedError(Exception):
    """A member of an archive that isn't extracted, and why."""

@final
class Struct:
    """A compiled format."""

    def __new__(cls, format: str) -> Struct: ...
    @property
    def format(self) -> str: ...
    @property
    def size(self) -> int | None:
        """Bytes; None where only data tell."""
    @property
    def is_named(self) -> bool: ...
    def unpack(self, buffer: _Buffer) -> Any:
        """A dictionary where the format has names, in the order of the fields; else a tuple."""
    def iter_unpack(self, buffer: _Buffer) -> list[Any]:
        """One struct after another, up to the end."""
    def pack(self, *values: Any, **named: Any) -> bytes:
        """Values in order, or by name; one mapping alone is by name too."""

def unpack(format: str, buffer: _Buffer, /) -> Any: ...
def iter_unpack(format: str, buffer: _Buffer, /) -> list[Any]: ...
def pack(format: str, /, *values: Any, **named: Any) -> bytes: ...
def calcsize(format: str, /) -> int: ...

@final
class Problem:
    """Something about a file that is worth knowing."""

    code: str
    severity: str
    path: str
    offset: int
    size: int
    message: str

@final
class Node:
    """A field, a group or a region of a file."""

    path: str
    @property
    def name(self) -> str | int: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def offset(self) -> int: ...
    @property
    def size(self) -> int: ...
    @property
    def stream(self) -> int:
        """Which bytes the offset counts in: 0 for the file, else those of a compressed stream, from 1 on."""
    @property
    def value(self) -> Any: ...
    @property
    def meaning(self) -> str | None: ...
    @property
    def bytes(self) -> bytes: ...
    @property
    def children(self) -> list[Node]: ...

@final
class Document:
    """A file and its tree."""

    @property
    def format(self) -> str: ...
    @property
    def root(self) -> Node: ...
    @property
    def problems(self) -> list[Problem]: ...
    def find(self, path: str) -> list[Node]:
        """The nodes that a path leads to; with [*] in it any number."""
    def __getitem__(self, key: str, /) -> Any: ...

def inspect(path: str | PathLike[str], format: str | None = None) -> Document:
    """The tree of a file, in the format that its content tells; or of a name, a description of Kaitai Struct
    (`some.ksy`), a format string."""

def records(
    format: str,
    path: str | PathLike[str],
    /,
    *,
    select: list[str] | None = None,
    where: str | None = None,
    skip: int = 0,
    limit: int | None = None,
) -> dict[str, Any]:
    """The records of a file, one after another up to its end, as arrays of NumPy by the names of columns.

    Numbers, truth values and bytes of one length are arrays of their types; arrays in records have a second
    dimension; times are datetime64[ns]; all else are arrays of objects. Bytes of any length are text
    where all of a column are UTF-8. Where values are absent the array is masked.
    pyarrow.table(...) and polars.DataFrame(...) take what it gives.

    `where` is a condition in the language of formats, `qty > 100 and side == "B"`; `skip` are bytes before the first
    record."""
