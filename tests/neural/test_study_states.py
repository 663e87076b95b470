import pytest
import torch

from sklearn_prune.neural._study.states import load_state, save_state


def test_round_trip(tmp_path):
    state = {"epoch": 3, "module": {"w": torch.arange(5.0)}}
    save_state(state, tmp_path / "net.pt")
    loaded = load_state(tmp_path / "net.pt")
    assert loaded["epoch"] == 3
    assert torch.equal(loaded["module"]["w"], state["module"]["w"])
    assert [path.name for path in tmp_path.iterdir()] == ["net.pt"]


def test_damage_is_told(tmp_path):
    path = tmp_path / "net.pt"
    save_state({"w": torch.arange(5.0)}, path)
    content = path.read_bytes()
    for damaged in (content[:-1], content[:40], b"", content[:99] + b"?" + content[100:]):
        path.write_bytes(damaged)
        with pytest.raises(ValueError, match=r"net\.pt is damaged: delete it"):
            load_state(path)
