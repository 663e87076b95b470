import gzip

import pandas as pd
import pytest

from sklearn_prune._report.table.csv_tables import Hints
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
    assert table.frame["b"].tolist() == [1007, 2019, 3100]
    assert table.notes == ["Read as numbers: b, such as '1,007' as 1007."]


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


ROWS = "oak,1,2.5\nash,2,3.5\nelm,3,4.5\n"
BASE = {"tree": ["oak", "ash", "elm"], "n": [1, 2, 3], "y": [2.5, 3.5, 4.5]}
HEADED = f"tree,n,y\n{ROWS}"
SAME_TABLE = {
    "sep=;": "sep=;\n" + HEADED.replace(",", ";"),
    "quoted sep=;": '"sep=;"\n' + HEADED.replace(",", ";").replace(".", ","),
    "comments": "# by hand, 2020\n#twice\n" + HEADED,
    "many comments": "# one of many comments\n" * 30 + HEADED,
    "a comment below": HEADED.replace("ash", "# of 2021\nash"),
    "a title": "Trees of 2020\n\n" + HEADED,
    "a title as long as rows": "Trees of 2020\n" + HEADED.replace(",", "\t"),
    "a title of three words": "Trees of 2020\n" + HEADED.replace(",", ";"),
    "a padded title": "Trees of 2020,,\n" + HEADED,
    "a remark below": HEADED + "\nSource: the ministry of woods\n",
    "empty rows below": HEADED + ",,\n,,\n",
    "the end of a file of DOS": HEADED + "\x1a",
    "single quotes": HEADED.replace("oak", "'oak'").replace("ash", "'ash'").replace("elm", "'elm'"),
    "aligned": HEADED.replace(",", "    ").replace("oak", "   oak"),
    "aligned, with tabs": HEADED.replace(",", "  ")
    .replace("  ", "  \t", 1)
    .replace("2.5", "\t2.5"),
    "blanks around": HEADED.replace(",", " | "),
    "blanks at the end of names": HEADED.replace(",", ";").replace("y\n", "y  \n"),
    "colons": HEADED.replace(",", ":"),
    "a separator at the end": HEADED.replace("\n", ",\n"),
    "a separator at the end of rows": "tree,n,y\n" + ROWS.replace("\n", ",\n"),
    "line ends of old": "Trees\r\r" + HEADED.replace("\n", "\r"),
    "counted row names": "tree,n,y\n1,oak,1,2.5\n2,ash,2,3.5\n3,elm,3,4.5\n",
    "row names": 'tree n y\n"7" "oak" 1 2.5\n"9" "ash" 2 3.5\n"4" "elm" 3 4.5\n',
}


@pytest.mark.parametrize("name", SAME_TABLE)
def test_lines_and_separators_of_all_kinds(tmp_path, name):
    file = tmp_path / "table.csv"
    file.write_bytes(SAME_TABLE[name].encode())
    table = read_table(file)
    assert table.frame.to_dict("list") == BASE
    pd.testing.assert_frame_equal(eval(table.code, {"pd": pd}), table.frame)


def test_escaped_quotes(tmp_path):
    table = read(tmp_path, 'a,y\n"an \\"old\\" oak, bent",1\n"ash",2\n')
    assert table.frame["a"].tolist() == ['an "old" oak, bent', "ash"]
    table = read(tmp_path, 'a,y\n"C:\\oak\\",1\n"C:\\ash\\",2\n')
    assert table.frame["a"].tolist() == ["C:\\oak\\", "C:\\ash\\"]


def test_rows_that_begin_with_a_hash(tmp_path):
    table = read(tmp_path, "# by hand\nflat,y\n12,1\n#7 B,2\n13,3\n# the end\n14,4\n")
    assert table.frame["flat"].tolist() == ["12", "#7 B", "13", "14"]
    assert table.frame["y"].tolist() == [1, 2, 3, 4]


def test_values_behind_the_last_name_are_not_lost(tmp_path):
    file = tmp_path / "table.csv"
    file.write_text("a,y\n" + "1,2,\n" * 500 + "1,2,3\n")
    with pytest.raises(ValueError, match="more fields than its header"):
        read_table(file)


ENCODED = {
    "cp1251": "Москва Казань Самара",
    "koi8-r": "Москва Казань Самара",
    "cp1250": "Łódź Kraków Poznań",
    "cp1253": "Αθήνα Πάτρα Λάρισα",
    "gbk": "北京市 上海市 广州市",
    "shift-jis": "東京都 大阪府 さくら市",
    "euc-jp": "東京都 大阪府 さくら市",
    "latin-1": "Zürich Besançon Málaga",
    "utf-32": "Zürich Besançon Málaga",
    "utf-16-le": "Zürich Besançon Málaga",
}


@pytest.mark.parametrize("encoding", ENCODED)
def test_encodings(tmp_path, encoding):
    towns = ENCODED[encoding].split() * 4
    file = tmp_path / "table.csv"
    file.write_bytes(pd.DataFrame({"town": towns, "y": 1.5}).to_csv(index=False).encode(encoding))
    for hints in Hints(), Hints(encoding=encoding):
        table = read_table(file, hints)
        assert table.frame["town"].tolist() == towns
        assert eval(table.code, {"pd": pd})["town"].tolist() == towns
        guessed = hints.encoding is None and encoding != "utf-32"
        assert bool(table.notes) == guessed
    with pytest.raises(ValueError, match=r"--encoding none is unknown"):
        read_table(file, Hints(encoding="none"))
    with pytest.raises(ValueError, match=r"as ascii, byte 0x.. at .* is none: give another"):
        read_table(file, Hints(encoding="ascii"))


HEADERLESS = {
    "5.1,3.5,a\n4.9,3.0,b\n4.7,3.2,a\n": [5.1, 4.9, 4.7],
    "5 3\n4 3\n7 9\n": [5, 4, 7],
    "19,47;a\n5,8;b\n1,1;a\n": [19.47, 5.8, 1.1],
}


@pytest.mark.parametrize("text", HEADERLESS)
def test_no_header(tmp_path, text):
    table = read(tmp_path, text)
    assert table.frame["x0"].tolist() == HEADERLESS[text]
    assert "The first row is taken for data" in table.notes[0]
    assert len(read_table(tmp_path / "table.csv", Hints(header=True)).frame) == 2


def test_title_above_rows_without_header(tmp_path):
    table = read(tmp_path, 'Trees of 2020\n"0.65","oak"\n"48.4","ash"\n"7","oak"\n')
    assert table.frame["x0"].tolist() == [0.65, 48.4, 7]


@pytest.mark.parametrize(
    "header", ["0,1,2", "1990,1991,1992", "town,1990,1991", "a,b,c", ",0,1", "when,0,1"]
)
def test_headers(tmp_path, header):
    table = read(tmp_path, f"{header}\n7,5.5,2\n3,6.5,1\n5,2.5,9\n")
    assert len(table.frame) == 3
    assert len(read_table(tmp_path / "table.csv", Hints(header=False)).frame) == 4


def test_many_names(tmp_path):
    names = [f"a column with a long name, number {k}" for k in range(40_000)]
    file = tmp_path / "table.csv"
    row = ",".join(["1.5"] * len(names))
    file.write_text(",".join(f'"{name}"' for name in [*names, names[-2]]) + f"\n{row},2\n" * 3)
    with pytest.raises(ValueError, match=r"more than one column .*, number 39998"):
        read_table(file)
