"""Tar archives of any compression: what is in them, and extracting them without leaving the folder."""

from ._bytewright import RefusedError, extractall, members

__all__ = ["RefusedError", "extractall", "members"]
