"""The library that reconciles forecasts does what its formula says, in cases worked out by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hierarchicalforecast.core import HierarchicalReconciliation
from hierarchicalforecast.methods import BottomUp, MinTrace
from hierarchicalforecast.utils import aggregate

NAMES = ["All", "All/a", "All/b"]
BASE = np.array([36.0, 10.0, 20.0])
# mean squares in the ratio 4 : 1 : 4; the library refuses errors that all sum to 0
SQUARES = np.array([[2.0, 2, 2, -2], [1, 1, -1, 1], [2, -2, 2, 2]])
# variances in that ratio, correlations of 0 and a bias, which a covariance does not see
VARIANCES = 1 + np.array([[2.0, -2, 2, -2], [1, 1, -1, -1], [2, -2, -2, 2]])


def reconciled(method, past_errors: np.ndarray) -> np.ndarray:
    past_times = pd.date_range("2020-01-01", periods=4, freq="MS")
    regions = pd.DataFrame(
        {
            "country": "All",
            "region": np.repeat(["a", "b"], 4),
            "ds": np.tile(past_times, 2),
            "y": np.concatenate([np.full(4, 9.0), np.full(4, 18.0)]),
        }
    )
    past, summing, tags = aggregate(regions, [["country"], ["country", "region"]])
    assert summing["unique_id"].tolist() == NAMES
    past = past.sort_values(["unique_id", "ds"]).reset_index(drop=True)
    past["own"] = past["y"] - past_errors.ravel()
    base = pd.DataFrame(
        {"unique_id": NAMES, "ds": pd.Timestamp("2020-05-01"), "own": BASE},
    )
    found = HierarchicalReconciliation([method]).reconcile(
        Y_hat_df=base, S_df=summing, tags=tags, Y_df=past
    )
    (column,) = [name for name in found.columns if name.startswith("own/")]
    return found.set_index("unique_id").loc[NAMES, column].to_numpy()


@pytest.mark.parametrize(
    ("method", "past_errors", "expected"),
    [
        # the regions as they are
        (BottomUp(), SQUARES, [30, 10, 20]),
        # a gap of 6 in three equal parts
        (MinTrace("ols"), SQUARES, [34, 12, 22]),
        # the same in proportion to the number of regions below: 2, 1 and 1 parts
        (MinTrace("wls_struct"), SQUARES, [33, 11.5, 21.5]),
        # in proportion to the variances: 4, 1 and 4 parts
        (MinTrace("wls_var"), SQUARES, [36 - 24 / 9, 10 + 6 / 9, 20 + 24 / 9]),
        # without correlations in the past there is nothing else to find
        (MinTrace("mint_shrink"), VARIANCES, [36 - 24 / 9, 10 + 6 / 9, 20 + 24 / 9]),
    ],
    ids=["bottom_up", "ols", "wls_struct", "wls_var", "mint_shrink"],
)
def test_gap_is_shared_out_as_worked_out_by_hand(method, past_errors, expected):
    np.testing.assert_allclose(reconciled(method, past_errors), expected, atol=1e-6)
