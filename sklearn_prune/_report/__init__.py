"""The report: small, or large and pruned? An honest answer for a table."""

from .from_python import report
from .result import Report

__all__ = ["Report", "report"]
