import subprocess
import sys

import numpy as np
import pytest
import torch
from torch import nn

from sklearn_prune.neural._checkpoint_file import FitFile, fit_key


def test_keys_tell_values_apart_and_not_objects():
    key = fit_key({"lr": 0.1, "module": torch.nn.Linear}, np.arange(3))
    assert key == fit_key({"module": torch.nn.Linear, "lr": float("0.1")}, np.arange(3))
    others = [
        fit_key({"lr": 0.2, "module": torch.nn.Linear}, np.arange(3)),
        fit_key({"lr": 0.1, "module": torch.nn.Conv2d}, np.arange(3)),
        fit_key({"lr": 0.1, "module": torch.nn.Linear}, np.arange(3.0)),
    ]
    assert len({key, *others}) == 4


def test_tensors_are_what_they_hold():
    command = (
        "import torch; from sklearn_prune.neural._checkpoint_file import fit_key;"
        "t = torch.arange(6.0, dtype=torch.bfloat16);"
        "print(fit_key([t.view(2, 3), {'weight': t[1]}]))"
    )
    keys = {subprocess.check_output([sys.executable, "-c", command]) for _ in range(2)}
    assert len(keys) == 1
    t = torch.arange(6.0)
    others = [t, t + 1, t.double(), t.view(2, 3), t.view(2, 3).T, t.numpy(), nn.Parameter(t)]
    assert len({fit_key([other]) for other in others}) == len(others) - 1
    assert fit_key(t) == fit_key(nn.Parameter(t.clone()))


def test_parameters_that_cannot_be_recognised():
    with pytest.raises(ValueError, match="A checkpoint needs parameters that another process"):
        fit_key(lambda x: x)


STATE = {
    "epoch": 3,
    "weights": {"a": torch.arange(1000.0)},
    "history": [{"loss": 0.1}],
    "none": None,
}


@pytest.fixture
def file(tmp_path):
    file = FitFile(tmp_path, "a")
    file.write(STATE)
    return file


def test_what_is_written_is_read(file):
    state = file.read()
    assert torch.equal(state["weights"].pop("a"), STATE["weights"]["a"])
    assert state == STATE | {"weights": {}}
    assert list(file.path.parent.iterdir()) == [file.path]


@pytest.mark.parametrize("n_left", [0, 10, 32, 1000, -1])
def test_truncated_files_are_told(file, n_left):
    file.path.write_bytes(file.path.read_bytes()[:n_left])
    with pytest.raises(ValueError, match=r"a.fit is damaged: delete it"):
        file.read()


@pytest.mark.parametrize("position", [0, 31, 32, 2000, -1])
def test_a_changed_byte_is_told(file, position):
    content = bytearray(file.path.read_bytes())
    content[position] ^= 1
    file.path.write_bytes(content)
    with pytest.raises(ValueError, match=r"a.fit is damaged: delete it"):
        file.read()


def test_no_code_is_loaded(file):
    file.write({"code": print})
    with pytest.raises(Exception, match="weights_only"):
        file.read()


def test_the_last_state_counts(tmp_path):
    file = FitFile(tmp_path / "new" / "folder", "a")
    assert file.read() is None
    file.write({"epoch": 1})
    file.write({"epoch": 2})
    assert FitFile(tmp_path / "new" / "folder", "a").read() == {"epoch": 2}
    assert FitFile(tmp_path / "new" / "folder", "b").read() is None


def test_damaged_and_renamed_files_are_told(file, tmp_path):
    file.path.rename(tmp_path / "b.fit")
    with pytest.raises(ValueError, match=r"b.fit was renamed, it is of another fit: delete it"):
        FitFile(tmp_path, "b").read()
    file.path.write_bytes((tmp_path / "b.fit").read_bytes()[:-5])
    with pytest.raises(ValueError, match=r"a.fit is damaged: delete it"):
        file.read()
