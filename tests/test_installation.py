"""What people are told to install is what the package needs."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from sklearn_prune._report.from_python import EXTRA

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = PYPROJECT["project"]["optional-dependencies"]


def names(requirements):
    return [re.match(r"[\w-]+", requirement)[0] for requirement in requirements]


def named_in(message):
    """Return the packages that a message says to install."""
    return re.search(r"pip install ([\w -]+\w)", message)[1].split()


def test_the_message_of_the_report():
    assert named_in(EXTRA) == names(EXTRAS["report"])


def test_the_message_of_the_nets():
    code = "import sys; sys.modules['skorch'] = None; import sklearn_prune.neural"
    run = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    last = run.stderr.splitlines()[-1]
    assert last.startswith("ImportError: sklearn_prune.neural needs more packages: pip install ")
    assert named_in(last) == names(EXTRAS["neural"])


@pytest.mark.parametrize("extra", ["plot", "report", "dask", "neural"])
def test_the_guide_names_what_an_extra_brings(extra):
    guide = (ROOT / "docs/installation.rst").read_text(encoding="utf-8")
    row = re.search(rf"\* - ``{extra}``\n     - (.*)\n", guide)[1]
    assert re.findall(r"[\w-]+", row) == names(EXTRAS[extra])


def test_the_oldest_versions_are_those_that_are_declared():
    pins = (ROOT / "oldest.txt").read_text(encoding="utf-8").splitlines()[1:]
    oldest = dict(pin.split("==") for pin in pins)
    tests = PYPROJECT["dependency-groups"]["test"]
    core = [requirement for requirement in tests if re.match(r"(polars|pytest)>", requirement)]
    declared = PYPROJECT["project"]["dependencies"] + EXTRAS["report"] + core
    for requirement in declared:
        name, version = requirement.split(">=")
        assert f"{oldest.pop(name)}.0".startswith(f"{version}.")
    assert not oldest


def test_no_message_names_a_package_that_is_not_published():
    for path in (ROOT / "sklearn_prune").rglob("*.py"):
        assert "sklearn-prune[" not in path.read_text(encoding="utf-8"), path
