"""The rules of the house: a room imports from lower floors only, and nothing goes in circles."""

import ast
from collections import Counter
from pathlib import Path

import pytest

import sklearn_prune

ROOT = Path(sklearn_prune.__file__).parent

# Rooms are folders, or files where they stand alone. Those of one floor are neighbours.
FLOORS = [
    {"_checks", "theory", "datasets"},
    {"_least_squares"},
    {"_pruning"},
    {"_paths", "_random_features"},
    {"_displays", "_theoretical_risk"},
    {"_report", "neural"},
    {"__init__", "__main__"},
]
INSIDE = {
    "_report": [{"table"}, {"comparison"}, {"answer"}, {"output"}],
    "theory": [{"_checks"}, {"_moments"}, {"_problems"}, {"_risk"}],
}
FILES = sorted(path for path in ROOT.rglob("*.py") if path.name != "_typing.py")
MODULES = {path.relative_to(ROOT).with_suffix("").parts: path for path in FILES}


def imports(path):
    """Yield the modules of the package that a file imports, lazily or for types, too."""
    here = ("sklearn_prune", *path.relative_to(ROOT).parts[:-1])
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name.split(".") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            start = here[: len(here) - node.level + 1] if node.level else ()
            module = [*start, *filter(None, (node.module or "").split("."))]
            names = [[*module, alias.name] for alias in node.names]
        else:
            continue
        for package, *parts in names:
            if package == "sklearn_prune" and parts != ["_typing"] and parts[:1] != ["_typing"]:
                yield module_of(tuple(parts))


def module_of(parts):
    """Return the file that a dotted name stands for, or stands in."""
    while parts:
        if parts in MODULES or (parts := (*parts, "__init__")) in MODULES:
            return parts
        parts = parts[:-2]
    return ("__init__",)


def floor(parts):
    """Return the floor of a module, counted within its room where this has floors."""
    level = next(k for k, rooms in enumerate(FLOORS) if parts[0] in rooms)
    inside = INSIDE.get(parts[0], [])
    return level, next((k for k, rooms in enumerate(inside) if parts[1] in rooms), len(inside))


def rooms(one, other):
    """Return the rooms of two modules where these part."""
    depth = 2 if one[0] == other[0] and one[0] in INSIDE else 1
    return one[:depth], other[:depth]


@pytest.mark.parametrize("module", MODULES, ids="/".join)
def test_imports_go_down(module):
    for imported in imports(MODULES[module]):
        here, there = rooms(module, imported)
        top = module[0] in INSIDE and floor(module)[1] == floor(imported)[1] == len(INSIDE[here[0]])
        assert here == there or floor(imported) < floor(module) or top, imported


def test_nothing_goes_in_circles():
    graph = {module: set(imports(path)) - {module} for module, path in MODULES.items()}
    while leaves := {module for module, imported in graph.items() if not imported & graph.keys()}:
        graph = {module: imported for module, imported in graph.items() if module not in leaves}
    assert not graph


def test_a_name_stands_for_one_module():
    names = Counter(path.stem.strip("_") for path in FILES)
    assert {name for name, n in names.items() if n > 1} == {"init", "main", "checks"}


def test_every_room_has_a_floor():
    assert {module[0] for module in MODULES} == set.union(*FLOORS)
