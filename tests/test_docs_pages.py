"""Pages name tests that exist, and their code does not scroll sideways."""

import ast
import re
from doctest import DocTestParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted(
    path
    for path in (ROOT / "docs").rglob("*.rst")
    if not {"auto_examples", "generated", "_templates", "_build"} & set(path.parts)
)
WIDTH = 88  # of the column of a page, in characters of code


def names_of_tests(page):
    return re.findall(r"``(tests/[\w/]+\.py)::(\w+)``", page.read_text(encoding="utf-8"))


def lines_of_code(page):
    text = page.read_text(encoding="utf-8")
    commands = re.findall(r"^ +(\$ .*)$", text, re.MULTILINE)
    examples = DocTestParser().get_examples(text, page.name)
    sources = [f">>> {line}" for one in examples for line in one.source.splitlines()]
    return [*commands, *sources, *(line for one in examples for line in one.want.splitlines())]


def test_tests_that_the_pages_name_exist():
    named = [(page, *name) for page in PAGES for name in names_of_tests(page)]
    assert len(named) > 10
    for page, path, name in named:
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        there = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        assert name in there, f"{page.name}: {path}::{name}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_code_fits_the_column(page):
    assert [line for line in lines_of_code(page) if len(line) > WIDTH] == []
