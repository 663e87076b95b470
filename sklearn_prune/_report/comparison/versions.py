"""Versions of packages, also of those that run from a checkout and are not installed."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def versions(packages: Iterable[str]) -> dict[str, str]:
    """Return the version of each package, "unknown" where there is no metadata."""
    return {package: _version(package) for package in packages}


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"
