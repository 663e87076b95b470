import pytest
import torch

from sklearn_prune.neural._states import load_state, save_state

STATE = {
    "epoch": 3,
    "weights": {"a": torch.arange(1000.0)},
    "history": [{"loss": 0.1}],
    "none": None,
}


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "state"
    save_state(STATE, path)
    return path


def test_what_is_saved_is_loaded(path):
    state = load_state(path)
    assert torch.equal(state["weights"].pop("a"), STATE["weights"]["a"])
    assert state == STATE | {"weights": {}}
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("n_left", [0, 10, 32, 1000, -1])
def test_truncated_files_are_told(path, n_left):
    path.write_bytes(path.read_bytes()[:n_left])
    with pytest.raises(ValueError, match=r"state is damaged: delete it"):
        load_state(path)


@pytest.mark.parametrize("position", [0, 31, 32, 2000, -1])
def test_a_changed_byte_is_told(path, position):
    data = bytearray(path.read_bytes())
    data[position] ^= 1
    path.write_bytes(data)
    with pytest.raises(ValueError, match=r"state is damaged: delete it"):
        load_state(path)


def test_a_failed_write_leaves_the_last_state(path, monkeypatch):
    def full(_):
        raise OSError("No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        save_state({"epoch": 4}, path)
    assert load_state(path)["epoch"] == 3
    assert list(path.parent.iterdir()) == [path]


def test_no_code_is_loaded(tmp_path):
    path = tmp_path / "state"
    save_state({"code": print}, path)
    with pytest.raises(Exception, match="weights_only"):
        load_state(path)
