import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sklearn_prune._report.table.files import read_table


@pytest.fixture
def frame():
    return pd.DataFrame({"a": [1.5, 2.25, 3.0], "b, c": ["x", "ü", "z"], "n": [1, 2, 3]})


def test_parquet(frame, tmp_path):
    pytest.importorskip("pyarrow")
    file = tmp_path / "table"
    frame.to_parquet(file)
    table = read_table(file)
    pd.testing.assert_frame_equal(table.frame, frame)
    pd.testing.assert_frame_equal(eval(table.code, {"pd": pd}), frame)
    file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(ValueError, match="as parquet, it may be truncated"):
        read_table(file)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"a,b\n", "no rows"),
        (b",,,\n;;;\n", "no values"),
        (b"# a comment\n\n# another\n,,\n,,\n", "no values"),
        (b"a,b\n1,2\n1,2,3\n", "Expected 2 fields in line 3, saw 3"),
        (b"a,b\n1,2,3\n4,5,6\n", "more fields than its header"),
        (b"a,b,c\n1,2,3\n4,5", "ends in the middle of its row 2"),
        (b'a,b\n1,"2\n', "EOF inside string"),
        (b"a,b,a\n1,2,3\n", "more than one column 'a'"),
        (b'a,b\n1,"2\n' + b"3,4\n" * 50_000, "a quote may not be closed|EOF inside string"),
        (bytes(range(256)), "is binary"),
        (b"\x89PNG\r\n\x1a\n" + np.random.default_rng(0).bytes(500), "is binary"),
        (bytes(np.random.default_rng(0).integers(1, 256, 500).tolist()), "is binary"),
        (gzip.compress(b"a,b\n" + b"1,2\n" * 99, mtime=0)[:-9], "truncated or damaged gzip"),
    ],
)
def test_what_is_no_table(tmp_path, content, message):
    file = tmp_path / "table.csv"
    file.write_bytes(content)
    with pytest.raises(ValueError, match=message) as error:
        read_table(file)
    assert "\n" not in str(error.value)


def test_no_file(tmp_path):
    with pytest.raises(ValueError, match=r"cannot read .*: no such file"):
        read_table(tmp_path / "missing.csv")
    with pytest.raises(ValueError, match="is a folder without parquet files"):
        read_table(Path(tmp_path))
