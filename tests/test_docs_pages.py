"""Pages name tests that exist, and their code does not scroll sideways."""

import ast
import re
from doctest import DocTestParser
from pathlib import Path

import pytest

import sklearn_prune

ROOT = Path(__file__).parent.parent
SOURCES = Path(sklearn_prune.__file__).parent
PAGES = sorted(
    path
    for path in (ROOT / "docs").rglob("*.rst")
    if not {"auto_examples", "generated", "_templates", "_build"} & set(path.parts)
)
EXAMPLES = sorted((ROOT / "examples").rglob("plot_*.py"))
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


def lines_of_example(path):
    """Return the lines that a page of the gallery shows as code."""
    source = path.read_text(encoding="utf-8")
    text = ast.parse(source).body[0].end_lineno
    return [line for line in source.splitlines()[text:] if not line.startswith("#")]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.stem)
def test_code_of_examples_fits_the_column(example):
    assert [line for line in lines_of_example(example) if len(line) > WIDTH] == []


def quoted_messages():
    """Return the messages of the page, without the part on scikit-learn."""
    text = (ROOT / "docs" / "troubleshooting.rst").read_text(encoding="utf-8")
    blocks = re.findall(r"code-block:: text\n\n((?: +\S.*\n)+)", text.split("\nOf scikit-learn")[0])
    messages = [" ".join(block.split()) for block in blocks]
    return [re.sub(r"^(\w+Error|\w+Warning): ", "", message) for message in messages]


def text_of(node):
    """Return a string of the sources, with three dots for what it is filled in with."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    texts = (part.value if isinstance(part, ast.Constant) else "…" for part in parts)
    return " ".join("".join(texts).split())


def warnings_of(function):
    """Return the messages that a function warns with, as it names them or on the spot."""
    nodes = list(ast.walk(function))
    named = {
        target.id: node.value
        for node in nodes
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    calls = (node for node in nodes if isinstance(node, ast.Call))
    messages = (call.args[0] for call in calls if ast.unparse(call.func) == "warn_user")
    return [text_of(named[m.id] if isinstance(m, ast.Name) else m) for m in messages]


def all_warnings():
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES.rglob("*.py"))
    nodes = (node for tree in trees for node in ast.walk(tree))
    functions = (node for node in nodes if isinstance(node, ast.FunctionDef))
    return sorted({message for function in functions for message in warnings_of(function)})


def test_warnings_are_all_found():
    sources = "".join(path.read_text(encoding="utf-8") for path in SOURCES.rglob("*.py"))
    assert sources.count("warnings.warn(") == 1  # that of warn_user
    assert len(all_warnings()) == len(re.findall(r"(?<!def )\bwarn_user\(", sources)) > 9


@pytest.mark.parametrize("message", all_warnings())
def test_warnings_have_an_entry(message):
    """One of the two, the message or what the page quotes of it, begins like the other."""
    ours = message.rstrip(" ….,")
    pages = [quoted.rstrip(" ….,") for quoted in quoted_messages()]
    assert any(
        len(theirs) > 20 and (ours.startswith(theirs) or theirs.startswith(ours))
        for theirs in pages
    )


@pytest.fixture(scope="module")
def strings():
    """All strings of the sources, with blanks as in a line of text."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES.rglob("*.py"))
    nodes = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return [" ".join(node.value.split()) for node in nodes if isinstance(node.value, str)]


@pytest.mark.parametrize("message", quoted_messages())
def test_messages_are_those_of_the_sources(message, strings):
    for part in re.split(r"\s*…\s*", message):
        assert any(part.strip(" .,:") in string for string in strings), part
