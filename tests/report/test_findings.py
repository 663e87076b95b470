import sys
from dataclasses import fields

import numpy as np
import pandas as pd
from friedman_report import friedman_report
from numpy.testing import assert_allclose

from sklearn_prune._report.answer.findings import Findings
from sklearn_prune._report.comparison.records import SMALL


def test_numbers_of_the_answer():
    result = friedman_report()
    frame = result.to_frame().query("setting == 'ridge' and budget == 15")
    comparison = result.answers[1].comparison
    small = frame[frame["chosen"] & (frame["method"] == SMALL)].set_index("fold")["error"]
    large = frame[frame["answer"]].set_index("fold")["error"]
    assert_allclose([comparison.small, comparison.large], [small.mean(), large.mean()])
    difference = (small - large).to_numpy()
    assert_allclose(comparison.std_error, np.sqrt((1 / 3 + 1 / 2) * difference.var(ddof=1)))
    assert f"{large.mean():.1%}" in result.sentences[1]
    summary = result.summary()
    assert_allclose(summary.loc[(SMALL, "ridge"), (15, "mean")], small.mean())


def test_findings_are_a_report_without_pictures(monkeypatch):
    result = friedman_report()
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    findings = Findings(**{field.name: getattr(result, field.name) for field in fields(result)})
    assert repr(findings) == repr(result)
    assert findings.remarks == result.remarks
    assert findings.code() == result.code()
    pd.testing.assert_frame_equal(findings.to_frame(), result.to_frame())
    pd.testing.assert_frame_equal(findings.summary(), result.summary())
