import json

import pytest
from friedman_report import friedman_table

from sklearn_prune import report
from sklearn_prune._report.comparison.all_parts import load
from sklearn_prune._report.comparison.records import Part
from sklearn_prune._report.comparison.store import Store


def test_a_store_is_used_again(tmp_path):
    table = friedman_table()
    arguments = {"budgets": [4], "widths": [30], "cv": 2, "store": tmp_path}
    first = report(*table, **arguments)
    (folder,) = tmp_path.iterdir()
    files = sorted(folder.iterdir())
    assert len(files) == 8
    for file in files:
        records = json.loads(file.read_text())
        for record in records:
            record[7] = 0.25
        file.write_text(json.dumps(records))
    files[0].write_text("[")
    again = report(*table, **arguments)
    assert again.answers[0].comparison.small == pytest.approx(0.25, abs=0.5)
    assert json.loads(files[0].read_text())
    assert (again.to_frame()["error"] == 0.25).mean() >= 0.5
    assert not (first.to_frame()["error"] == 0.25).any()


def test_no_folder_keeps_nothing():
    assert Store().load(None) is None


def change(at, value):
    def changed(records):
        records[3][at] = value
        return records

    return changed


DAMAGES = {
    "nothing": lambda _: [],
    "null": lambda _: None,
    "a number": lambda _: 3,
    "words": lambda records: ["abcdefghijkl"] * len(records),
    "an object": lambda records: {"records": records},
    "objects": lambda records: [dict.fromkeys("abcdefghijkl")] * len(records),
    "one is missing": lambda records: records[:-1],
    "one is there twice": lambda records: [*records, records[-1]],
    "another order": lambda records: records[::-1],
    "rows are short": lambda records: [record[:-1] for record in records],
    "rows are long": lambda records: [[*record, 1.0] for record in records],
    "another method": change(0, "small"),
    "a list as a method": change(0, ["small"]),
    "another width": change(3, 12),
    "a width that is no int": change(3, 30.0),
    "a negative error": change(7, -0.25),
    "an infinite error": change(7, float("inf")),
    "no error": change(7, float("nan")),
    "an error of text": change(7, "0.25"),
    "true": change(7, True),
    "an error rate of a regression": change(8, 0.5),
    "a log-loss of a regression": change(9, 0.5),
    "labels of a regression": change(11, [[3, 2], [4, 4]]),
    "a negative penalty": change(5, -1.0),
}


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Return the arguments of a report, the part file that is damaged, and its content."""
    folder = tmp_path_factory.mktemp("store")
    arguments = {"budgets": [4], "widths": [30], "cv": 2, "store": folder}
    first = report(*friedman_table(), **arguments)
    (file,) = folder.glob("parts-*/repeat0-fold1-outer.json")
    return arguments, file, file.read_bytes(), first


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_part_of_another_shape_is_none(finished, damage):
    _, file, content, first = finished
    part, plan = Part(0, 1, None), first.plan
    store = Store(file.parent.parent, file.parent.name.removeprefix("parts-"), resume=True)
    assert part in load([part], plan, store, distilled=False)
    assert part not in load([part], plan, store, distilled=True)
    file.write_text(json.dumps(DAMAGES[damage](json.loads(content))))
    assert load([part], plan, store, distilled=False) == {}
    file.write_bytes(content)


def test_a_part_of_another_shape_is_computed_again(finished):
    arguments, file, content, first = finished
    file.write_text("[]")
    again = report(*friedman_table(), **arguments)
    assert again.answers[0].comparison == first.answers[0].comparison
    repaired, whole = json.loads(file.read_bytes()), json.loads(content)
    assert [[*row[:5], row[7]] for row in repaired] == [[*row[:5], row[7]] for row in whole]


@pytest.mark.parametrize("content", [b"", b"[" * 10**5, b"\xff[]", b'[[1, "'])
def test_a_part_that_cannot_be_read_is_computed_again(finished, content):
    _, file, whole, _ = finished
    store = Store(file.parent.parent, file.parent.name.removeprefix("parts-"), resume=True)
    file.write_bytes(content)
    assert store.load(Part(0, 1, None)) is None
    file.write_bytes(whole)
    assert len(store.load(Part(0, 1, None))) == len(json.loads(whole))


def test_what_a_kill_has_left_is_removed(finished):
    arguments, file, _, _ = finished
    rest = [file.with_name(name) for name in (".sklearn_prune-x1y2.part", ".tmp3z.part")]
    for half in rest:
        half.write_bytes(b"[[")
    report(*friedman_table(), **arguments)
    assert not any(half.exists() for half in rest)
