import os

import pytest

from sklearn_prune.neural._whole_file import remove_partials, write_whole


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "results.csv"
    write_whole(path, b"old")
    return path


def test_a_file_is_replaced(path):
    write_whole(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(path.parent.iterdir()) == [path]


def test_a_failed_write_leaves_the_last_file(path, monkeypatch):
    def full(_):
        raise OSError("No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(path.parent.iterdir()) == [path]


def test_two_processes_write_two_files(path, monkeypatch):
    fsync = os.fsync

    def write_in_between(descriptor):
        monkeypatch.setattr("os.fsync", fsync)
        monkeypatch.setattr("os.getpid", lambda: 123)
        write_whole(path, b"theirs")
        monkeypatch.undo()
        fsync(descriptor)

    monkeypatch.setattr("os.fsync", write_in_between)
    write_whole(path, b"ours")
    assert path.read_bytes() == b"ours"
    assert list(path.parent.iterdir()) == [path]


def test_what_a_kill_left_is_removed_by_its_stem(path):
    names = ["results.1.partial", "results.22.partial", "film.1.partial", "results.partial.csv"]
    for name in names:
        path.with_name(name).touch()
    remove_partials(path.parent, "results")
    assert {file.name for file in path.parent.iterdir()} == {"results.csv", *names[2:]}
    remove_partials(path.parent)
    assert {file.name for file in path.parent.iterdir()} == {"results.csv", names[3]}
