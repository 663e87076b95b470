import pytest

from sklearn_prune._report.comparison.whole_files import remove_rest, write_files


def test_files_are_written_all_or_none(tmp_path, monkeypatch):
    write_files(tmp_path / "new", {"a": b"1", "b": b"2"})
    monkeypatch.setattr(
        "sklearn_prune._report.comparison.whole_files.os.fsync",
        lambda number: (_ for _ in ()).throw(OSError(28)),
    )
    with pytest.raises(OSError, match="28"):
        write_files(tmp_path / "new", {"a": b"3", "b": b"4"})
    assert {file.name: file.read_bytes() for file in (tmp_path / "new").iterdir()} == {
        "a": b"1",
        "b": b"2",
    }


def test_what_a_kill_has_left(tmp_path, monkeypatch):
    def kill(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr("pathlib.Path.replace", kill)
    monkeypatch.setattr("pathlib.Path.unlink", kill)
    with pytest.raises(KeyboardInterrupt):
        write_files(tmp_path, {"a": b"1"})
    monkeypatch.undo()
    (tmp_path / ".other.part").touch()
    assert len(list(tmp_path.iterdir())) == 2
    remove_rest(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == [".other.part"]
    remove_rest(tmp_path / "missing")
