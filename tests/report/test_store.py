import json

import pytest
from friedman_report import friedman_table

from sklearn_prune import report
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
