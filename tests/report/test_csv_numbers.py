import numpy as np
import pandas as pd
import pytest

from sklearn_prune._report.table.csv_tables import Hints
from sklearn_prune._report.table.files import read_table


def read(tmp_path, text, **hints):
    file = tmp_path / "table.csv"
    file.write_text(text, encoding="utf-8")
    table = read_table(file, Hints(**hints))
    pd.testing.assert_frame_equal(eval(table.code, {"pd": pd}), table.frame)
    return table


@pytest.mark.parametrize(
    ("text", "values", "told"),
    [
        ("a;y\n1.234;19,47\n2.5;3,2\n", [1.234, 2.5], "numbers: y, such as '19,47' as 19.47"),
        ("a;y\n1.234;19,47\n12.345;3,2\n", [1234, 12345], "numbers: a, such as '1.234' as 1234"),
        ("a;y\n1.234;19,47\n912;3,2\n", [1234, 912], "'1.234' as 1234"),
        ("a;y\n1.234.567;1\n2.000;2\n", [1234567, 2000], "as 1.23457e+06"),
        ("a\ty\n1.234,5\t1\n2,5\t2\n", [1234.5, 2.5], "'1.234,5' as 1234.5"),
        ("a;y\n1 234,5;1\n12 000;2\n", [1234.5, 12000], "'1 234,5' as 1234.5"),
        ("a;y\n1'234.5;1\n12'000;2\n", [1234.5, 12000], '"1\'234.5" as 1234.5'),
        ('a,y\n"1,234.5",1\n"12,000",2\n', [1234.5, 12000], "'1,234.5' as 1234.5"),
        ('a,y\n"19,47",1\n"5,8",2\n', [19.47, 5.8], "decimal comma"),
        ("a;y\n1.234;0.5\n2.345;1.5\n", [1.234, 2.345], None),
        ("a,y\n1.234,5\n2.345,6\n", [1.234, 2.345], "'1.234' in 'a' is taken for decimals"),
        ('a,y\n"1,234",5\n"2,345",6\n', [1234, 2345], "is taken for thousands"),
        ("a;y\n0,5;1.234\n1.234,5;2.345\n", [0.5, 1234.5], "decimal comma"),
    ],
)
def test_decimals_or_thousands(tmp_path, text, values, told):
    table = read(tmp_path, text)
    assert table.frame["a"].tolist() == values
    assert (told is None and not table.notes) or told in " ".join(table.notes)


@pytest.mark.parametrize("text", ["a;y\n1.234;5\n12.345;6\n", "a;y\n1,234;5\n12,345;6\n"])
def test_what_no_column_decides_is_asked(tmp_path, text):
    with pytest.raises(ValueError, match="no other number tells: give --decimal"):
        read(tmp_path, text)
    comma = "," in text
    for hints, thousands in [
        ({"decimal": "."}, comma),
        ({"decimal": ","}, not comma),
        ({"thousands": "."}, not comma),
        ({"thousands": ","}, comma),
    ]:
        values = [1234, 12345] if thousands else [1.234, 12.345]
        assert read(tmp_path, text, **hints).frame["a"].tolist() == values


@pytest.mark.parametrize(
    "text", ["01.02.2020", "192.168.0.1", "1.2.3", "12:30", "A-17", "17-A", "12 Main Street"]
)
def test_texts_that_are_no_numbers(tmp_path, text):
    table = read(tmp_path, f"a;y\n{text};1,5\nother;2,5\n{text};3,5\n{text};4,5\n")
    assert table.frame["a"].tolist() == [text, "other", text, text]
    assert table.frame["y"].tolist() == [1.5, 2.5, 3.5, 4.5]


@pytest.mark.parametrize(
    ("write", "sign"),
    [
        ("{} kmpl", 1),
        ("{}km/h", 1),
        ("{} m2", 1),
        ("${}", 1),
        ("{} €", 1),
        ("-{} %", -1),
        ("EUR {}", 1),
        ("({})", -1),
        ("(${})", -1),
        ("{}-", -1),
        ("\u2212{}", -1),
        ("+{}", 1),
        ("1 {}", None),
    ],
)
def test_numbers_with_units_signs_and_brackets(tmp_path, write, sign):
    numbers = [222.74, 118.5, 907.0]
    rows = "\n".join(f"{write.format(number)},{k}" for k, number in enumerate(numbers))
    table = read(tmp_path, f"a,y\n{rows}\n")
    expected = np.array(numbers) + 1000 if sign is None else sign * np.array(numbers)
    assert table.frame["a"].tolist() == expected.tolist()


def test_units_that_differ_are_kept(tmp_path):
    table = read(tmp_path, "a,y\n5 km,1\n3 miles,2\n4 km,3\n")
    assert table.frame["a"].tolist() == ["5 km", "3 miles", "4 km"]


def test_words_for_missing_values(tmp_path):
    text = "age,damage,y\n1.5,None,1\nNA,Minor,2\n?,Major,3\n2.5,,4\n"
    table = read(tmp_path, text)
    assert table.frame["age"].fillna(-1).tolist() == [1.5, -1, -1, 2.5]
    assert table.frame["damage"].fillna("").tolist() == ["None", "Minor", "Major", ""]
    assert table.notes == [
        "Taken for missing values: '?' in age, 'NA' in age.",
        "Kept as categories: 'None' in damage: --missing takes them for missing values.",
    ]
    told = read(tmp_path, text, missing=("None", "Major"))
    assert told.frame["damage"].fillna("").tolist() == ["", "Minor", "", ""]
    assert "Kept" not in "".join(told.notes)


@pytest.mark.parametrize("word", ["None", "NA", "N/A", "n/a", "null", "NULL"])
def test_words_that_are_categories(tmp_path, word):
    rows = [word, "Minor", "Major"] * 5
    table = read(tmp_path, "damage;y\n" + "\n".join(f"{row};1,5" for row in rows) + "\n")
    assert table.frame["damage"].tolist() == rows


def test_truth_is_no_text(tmp_path):
    table = read(tmp_path, "a,b,y\nTRUE,x,1\nNA,NA,2\nFALSE,z,3\n")
    assert table.frame["a"].isna().tolist() == [False, True, False]
    assert table.frame["b"].tolist() == ["x", "NA", "z"]


@pytest.mark.parametrize("word", ["NaN", "#N/A", "<NA>"])
def test_words_that_are_never_categories(tmp_path, word):
    table = read(tmp_path, f"a,y\n{word},1\nx,2\nz,3\n")
    assert table.frame["a"].isna().tolist() == [True, False, False]
    assert table.notes == [f"Taken for missing values: {word!r} in a."]
