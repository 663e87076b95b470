"""What the texts of notebooks say once they are plain."""

import json
import re
import sys
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted((ROOT / "examples").rglob("plot_*.py"))


@pytest.fixture(scope="module")
def plain_notebooks():
    folder = str(ROOT / "docs" / "_extensions")
    sys.path.append(folder)
    import plain_notebooks  # noqa: PLC0415

    yield plain_notebooks
    sys.path.remove(folder)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (":class:`~sklearn_prune.PrunedRegressor` fits", "`PrunedRegressor` fits"),
        (":func:`~sklearn_prune.theory.predict_risk`", "`predict_risk`"),
        (":py:mod:`pandas`", "`pandas`"),
        (":doc:`the guide </user_guide/paths>` says", "the guide says"),
        ("see `Figure 3\n<sphx_glr_auto_examples_linear_plot.py>`.", "see Figure 3."),
        (
            "[AAAI 2021](https://arxiv.org/abs/2012.08749)_,",
            "[AAAI 2021](https://arxiv.org/abs/2012.08749),",
        ),
        ("`finite_n` and ``alpha`` and 12:30", "`finite_n` and ``alpha`` and 12:30"),
    ],
)
def test_roles_and_links(text, expected, plain_notebooks):
    assert plain_notebooks.plain(text) == expected


def test_code_is_left_alone_in_files_and_archives(plain_notebooks):
    role = ":func:`~sklearn_prune.report`"
    cells = [{"cell_type": kind, "source": [role]} for kind in ("markdown", "code")]
    notebook = json.dumps({"cells": cells}).encode()
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr("a/b.ipynb", notebook)
        archive.writestr("b.py", role)
    with ZipFile(BytesIO(plain_notebooks.plain_archive(packed.getvalue()))) as archive:
        assert archive.namelist() == ["a/b.ipynb", "b.py"]
        assert archive.read("b.py") == role.encode()
        content = archive.read("a/b.ipynb")
    assert content == plain_notebooks.plain_notebook(notebook)
    assert [cell["source"] for cell in json.loads(content)["cells"]] == [["`report`"], [role]]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_examples_as_notebooks(example, plain_notebooks):
    notebook = pytest.importorskip("sphinx_gallery.notebook")
    parser = pytest.importorskip("sphinx_gallery.py_source_parser")
    conf = {"pypandoc": False, "promote_jupyter_magic": False}
    conf |= {"first_notebook_cell": None, "last_notebook_cell": None, "notebook_images": False}
    blocks = parser.split_code_and_text_blocks(str(example))[1]
    made = notebook.jupyter_notebook(blocks, conf, str(example.parent))
    cells = json.loads(plain_notebooks.plain_notebook(json.dumps(made)))["cells"]
    texts = "".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    assert re.findall(r":`|sphx_glr|\]\(\S+\)_|^\.\. |::$", texts, re.MULTILINE) == []


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_examples_read_no_file_of_their_folder(example):
    text = example.read_text(encoding="utf-8")
    assert "__file__" not in text
    assert 'Path("' not in text
