"""Where and with what the benchmarks ran."""

from __future__ import annotations

import platform
import sys
from datetime import date
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from threadpoolctl import threadpool_info

PACKAGES = ["sklearn-prune", "scikit-learn", "numpy", "scipy", "abess", "celer", "skglm"]


def describe():
    """Return the processor, the versions, and the BLAS with its threads.

    To be called when everything is imported: a BLAS that is loaded later is not seen.
    """
    blas = [
        f"{lib['internal_api']} {lib['version']} ({lib.get('architecture', '?')}), "
        f"threads: {lib['num_threads']}"
        for lib in threadpool_info()
        if lib["user_api"] == "blas"
    ]
    return {
        "date": date.today().isoformat(),
        "processor": processor(),
        "system": f"{platform.system()} {platform.machine()}",
        "BLAS": "; ".join(dict.fromkeys(blas)) or "unknown",
        "Python": platform.python_version(),
        **{name: installed(name) for name in PACKAGES},
    }


def processor():
    """Return the model of the processor."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def installed(name):
    """Return the version of a package."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def peak_memory():
    """Return the peak memory of this process, in MiB.

    On Linux from /proc: what `getrusage` says there counts the process that started it.
    """
    status = Path("/proc/self/status")
    if status.exists():
        peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(peak.split()[1]) / 2**10
    resource = import_module("resource")  # Windows has none
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)
