"""The report: small, or large and pruned? An honest answer for a table."""

from ._compare import report
from ._result import Report

__all__ = ["Report", "report"]
