from collections.abc import Callable
from os import PathLike
from typing import Any, Literal

from . import RefusedError as RefusedError

__all__ = ["RefusedError", "extractall", "members"]

def extractall(
    archive: str | PathLike[str],
    path: str | PathLike[str],
    *,
    filter: Literal["data", "tar", "fully_trusted"] = "data",
    numeric_owner: bool = False,
    strip_components: int = 0,
    max_size: int | None = None,
    max_members: int | None = None,
    max_ratio: int | None = None,
    on_refused: Callable[[str, str], object] | None = None,
) -> int:
    """Extracts all members into a folder, and answers how many were extracted.

    A member that is refused is a RefusedError, and what was extracted before stays; with on_refused, it is
    called with the member's name and the reason, and the rest is extracted."""

def members(archive: str | PathLike[str]) -> list[dict[str, Any]]:
    """What an archive says of its members: name, kind, size, mode, mtime, uid, gid, uname, gname, link, offset."""
