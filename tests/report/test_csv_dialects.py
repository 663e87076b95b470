import gzip

import pandas as pd
import pytest

from sklearn_prune._report.table.files import read_table


@pytest.fixture
def frame():
    return pd.DataFrame({"a": [1.5, 2.25, 3.0], "b, c": ["x", "ü", "z"], "n": [1, 2, 3]})


def csv(frame, encoding="utf-8", **options):
    return frame.to_csv(index=False, lineterminator="\n", **options).encode(encoding)


DIALECTS = {
    "plain": csv,
    "semicolon": lambda f: csv(f, sep=";"),
    "decimal comma": lambda f: csv(f, sep=";", decimal=","),
    "tab": lambda f: csv(f, sep="\t"),
    "pipe": lambda f: csv(f, sep="|"),
    "space": lambda f: csv(f, sep=" "),
    "windows lines": lambda f: csv(f).replace(b"\n", b"\r\n"),
    "no last line end": lambda f: csv(f)[:-1],
    "spaces after commas": lambda f: b'a, "b, c", n\n1.5, x, 1\n2.25, \xc3\xbc, 2\n3, z, 3\n',
    "mark": lambda f: csv(f, "utf-8-sig"),
    "utf-16": lambda f: csv(f, "utf-16"),
    "windows-1252": lambda f: csv(f, "cp1252"),
    "gzip": lambda f: gzip.compress(csv(f)),
    "gzip of another name": lambda f: gzip.compress(csv(f, sep=";")),
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_dialects(frame, tmp_path, dialect):
    file = tmp_path / ("table.csv.gz" if dialect == "gzip" else "table.csv")
    file.write_bytes(DIALECTS[dialect](frame))
    table = read_table(file)
    pd.testing.assert_frame_equal(table.frame, frame)
    pd.testing.assert_frame_equal(eval(table.code, {"pd": pd}), frame)
    told = {"windows-1252": "not UTF-8", "decimal comma": "decimal comma"}.get(dialect)
    assert len(table.notes) == (told is not None)
    assert told is None or told in table.notes[0]


def read(tmp_path, text):
    file = tmp_path / "table.csv"
    file.write_text(text)
    table = read_table(file)
    pd.testing.assert_frame_equal(eval(table.code, {"pd": pd}), table.frame)
    return table


@pytest.mark.parametrize("delimiter", ";\t|")
def test_some_decimal_commas(tmp_path, delimiter):
    text = "a;b;y\n0,1;2;11\n-0,1;5,8;28\n1,5;3;7\n".replace(";", delimiter)
    table = read(tmp_path, text)
    assert table.frame["b"].tolist() == [2, 5.8, 3]
    assert table.frame["a"].tolist() == [0.1, -0.1, 1.5]
    assert table.notes == ["Numbers are read with a decimal comma."]


def test_one_column_of_commas_among_decimal_points(tmp_path):
    table = read(tmp_path, "a;b;y\n0.1;1,007;1.5\n-0.1;2,019;2.5\n0.3;3,100;3.5\n")
    assert table.frame["a"].tolist() == [0.1, -0.1, 0.3]
    assert table.frame["b"].tolist() == ["1,007", "2,019", "3,100"]
    assert table.notes == []


@pytest.mark.parametrize(
    "text",
    [
        'title,rooms,price\n"The ""best"" flat, near park",1,2\n"A, ""b"" c",3,4\n',
        'title,rooms,price\n"one; two ""x"" three",1,2\n"four; five",3,4\n',
        'title,rooms,price\n"two\nlines | more",1,2\nplain text here,3,4\n',
        "title,rooms,price\none two,1,2\nthree four,3,4",
    ],
)
def test_delimiters_inside_of_text(tmp_path, text):
    table = read(tmp_path, text)
    assert list(table.frame) == ["title", "rooms", "price"]
    assert table.frame["price"].tolist() == [2, 4]
