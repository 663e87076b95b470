"""The rules of the house: a room imports from lower floors only, and nothing goes in circles."""

import ast
from collections import Counter
from importlib.metadata import version
from pathlib import Path

import pytest

import sklearn_prune

ROOT = Path(sklearn_prune.__file__).parent

# A file belongs to the room of the longest name. Rooms of one line are neighbours.
FLOORS = [
    ["_checks"],
    ["theory/_checks"],
    ["theory/_moments"],
    ["theory/_problems"],
    ["theory/_risk"],
    ["theory/_rounds"],
    ["theory/_classification"],
    ["theory", "datasets"],
    ["_batches"],
    ["_least_squares", "_logistic"],
    ["_pruning"],
    ["_paths", "_random_features"],
    ["_displays", "_onnx", "_theoretical_risk"],
    ["_report/table"],
    ["_report/comparison"],
    ["_report/answer"],
    ["_report/output"],
    ["_report", "neural"],
    ["__init__", "__main__"],
]
FLOOR = {room: k for k, rooms in enumerate(FLOORS) for room in rooms}
FILES = sorted(path for path in ROOT.rglob("*.py") if path.name != "_typing.py")
MODULES = {path.relative_to(ROOT).with_suffix("").as_posix(): path for path in FILES}


def imports(module):
    """Yield the modules of the package that one imports, lazily or for types, too."""
    package = ("sklearn_prune", *module.split("/")[:-1])
    for node in ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name.split(".") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            start = [*above, *filter(None, (node.module or "").split("."))]
            names = [[*start, alias.name] for alias in node.names]
        else:
            continue
        yield from (
            module_of(name[1:])
            for name in names
            if name[0] == "sklearn_prune" and name[1:2] != ["_typing"]
        )


def module_of(name):
    """Return the module that a dotted name is, or stands in."""
    for end in range(len(name), -1, -1):
        path = "/".join(name[:end])
        for module in (path, f"{path}/__init__".lstrip("/")):
            if module in MODULES:
                return module
    raise AssertionError(name)


def room_of(module):
    return max((r for r in FLOOR if f"{module}/".startswith(f"{r}/")), key=len)


@pytest.mark.parametrize("module", MODULES)
def test_imports_go_down(module):
    here = room_of(module)
    others = {room_of(imported) for imported in imports(module)} - {here}
    assert all(FLOOR[room] < FLOOR[here] for room in others), others


def test_nothing_goes_in_circles():
    graph = {module: set(imports(module)) - {module} for module in MODULES}
    while leaves := {module for module in graph if not graph[module] & graph.keys()}:
        graph = {module: graph[module] for module in graph.keys() - leaves}
    assert not graph


def test_a_name_stands_for_one_module():
    names = Counter(path.stem.strip("_") for path in FILES)
    assert {name for name, n in names.items() if n > 1} == {"init", "main", "checks"}


def test_a_name_stands_for_one_test_file():
    names = Counter(path.name for path in Path(__file__).parent.rglob("*.py"))
    assert {name for name, n in names.items() if n > 1} == {"conftest.py"}


def test_array_types_are_named_once():
    others = [path for path in FILES if "NDArray[np.float64]" in path.read_text(encoding="utf-8")]
    assert not others


def test_the_version_is_that_of_the_metadata():
    assert sklearn_prune.__version__ == version("sklearn-prune")
