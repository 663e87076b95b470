"""What needs a package of its own is tested where that is installed."""

from importlib.util import find_spec

NETS = [
    "sklearn_prune/neural/*",
    "tests/neural/*",
    "docs/user_guide/neural.rst",
    "docs/questions/nets.rst",
    "docs/questions/trained_net.rst",
    "docs/coming_from/torch_prune.rst",
]
SERVED = ["sklearn_prune/_onnx/*", "docs/user_guide/deployment.rst"]
LEFT_OUT = {
    "torch": NETS,
    "skorch": NETS,
    "onnx": SERVED,
    "onnxruntime": SERVED,
    "abess": ["docs/coming_from/abess.rst"],
    "hypothesis": ["tests/properties/*"],
}
MISSING = [name for name in LEFT_OUT if find_spec(name) is None]

collect_ignore_glob = [path for name in MISSING for path in LEFT_OUT[name]]

if "hypothesis" not in MISSING:
    from hypothesis import settings

    settings.register_profile("ci", derandomize=True, deadline=None, max_examples=15)
    settings.register_profile("thorough", deadline=None, max_examples=1000, database=None)
    settings.load_profile("ci")  # pytest --hypothesis-profile=thorough takes half an hour


def pytest_report_header():
    """Say what is not tested."""
    if MISSING:
        return f"tests are left out that need {' and '.join(MISSING)}"
    return None
