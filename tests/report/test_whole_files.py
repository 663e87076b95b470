import pytest

from sklearn_prune._report.comparison.whole_files import write_files


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
