"""Several fits side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

import arviz as az
import pandas as pd

from hierarchical_models.gate import noted_diagnostics


def diagnostics_table(fits: Mapping[str, az.InferenceData]) -> pd.DataFrame:
    """Diagnostics of several fits.

    Parameters
    ----------
    fits : mapping of str to arviz.InferenceData
        Fits by the names that the table gives them, with groups posterior and sample_stats.

    Returns
    -------
    pandas.DataFrame
        A row for each fit, in the order given: its model and backend, the fields of `Diagnostics`,
        and ``problems``, the kinds of problem outside their limits, empty for a fit that passes.

    Examples
    --------
    >>> from hierarchical_models import fit
    >>> coins = {"y": [3, 5], "n": 10}
    >>> fits = {seed: fit("binomial_pooled", coins, seed=seed) for seed in (1, 2)}
    >>> diagnostics_table(fits)[["backend", "n_divergences", "problems"]]
        backend  n_divergences problems
    fit
    1      pymc              0
    2      pymc              0
    """
    rows = {}
    for name, idata in fits.items():
        diagnostics = noted_diagnostics(idata)
        attrs = idata.posterior.attrs
        rows[name] = {
            "model": attrs.get("model", ""),
            "backend": attrs.get("backend", ""),
            **asdict(diagnostics),
            "problems": ", ".join(diagnostics.problems()),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("fit")
