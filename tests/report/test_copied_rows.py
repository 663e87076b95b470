import numpy as np
import pandas as pd

from sklearn_prune._report.table.columns import as_frame, check_features
from sklearn_prune._report.table.copied_rows import copied_rows

N = 60
RNG = np.random.default_rng(0)


def test_rows_are_copies_if_their_targets_are():
    coins = as_frame(RNG.integers(0, 2, (N, 2)))
    assert copied_rows(coins, pd.Series(RNG.standard_normal(N))) == []
    _, notes = check_features(coins, impute=False, y=pd.Series(RNG.standard_normal(N)))
    assert notes == []
    assert copied_rows(coins, pd.Series(np.zeros(N)))[0].startswith("93% of the rows are copies of")


def test_large_whole_numbers_are_told_apart():
    ids = as_frame(pd.DataFrame({"id": 2**53 + np.arange(N), "kind": 1.0}))
    assert ids["id"].astype(float).duplicated().mean() > 0.4
    assert copied_rows(ids, None) == []


def test_doubt_is_told():
    (note,) = copied_rows(as_frame(pd.DataFrame({"id": [2.0**60, 2.0**60, 1.0]})), None)
    assert note == (
        "33% of the rows are copies of others, as far as double precision can tell, and may be "
        "trained and judged on."
    )


def test_a_share_is_all_only_if_it_is():
    (note,) = copied_rows(as_frame(pd.DataFrame({"a": np.zeros(999)})), None)
    assert note.startswith("99% of the rows")
