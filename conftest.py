"""Neural nets are tested where torch and skorch are installed."""

from importlib.util import find_spec

MISSING = [name for name in ("torch", "skorch") if find_spec(name) is None]

collect_ignore_glob = (
    ["sklearn_prune/neural/*", "tests/neural/*", "docs/user_guide/neural.rst"] if MISSING else []
)


def pytest_report_header():
    """Say what is not tested."""
    if MISSING:
        return f"tests of sklearn_prune.neural are left out, without {' and '.join(MISSING)}"
    return None
