"""How well does a model predict what it has not seen? Leave-one-out, and comparing models."""

from __future__ import annotations

from collections.abc import Mapping

import arviz as az
import numpy as np
import pandas as pd
import xarray as xr

from hierarchical_models.cross_validation import (
    CrossValidation,
    importance_estimate,
    relative_efficiency,
)
from hierarchical_models.errors import ModelDataError
from hierarchical_models.names import unknown_name
from hierarchical_models.scoring import paired_difference, standard_error_of_sum


def loo(idata: az.InferenceData) -> CrossValidation:
    """Leave-one-out cross-validation from one fit, by Pareto smoothed importance sampling.

    Each observation is predicted from all others, those of its own group among them: that is how
    a model fares in known groups. For new groups see `leave_one_group_out`.

    Parameters
    ----------
    idata : arviz.InferenceData
        With groups posterior and log_likelihood, as from `fit`.

    Returns
    -------
    CrossValidation
        A row for each observation, by its label. Its text says which estimates are reliable.

    Raises
    ------
    ModelDataError
        If there is no log likelihood, or that of more than one outcome.

    Notes
    -----
    With draws :math:`\\theta_s` from the posterior of all data, the density of an observation
    given the others is
    :math:`p(y_i \\mid y_{-i}) = \\sum_s w_s p(y_i \\mid \\theta_s) / \\sum_s w_s` with
    :math:`w_s = 1 / p(y_i \\mid \\theta_s)`. The largest weights are replaced by quantiles of a
    generalised Pareto distribution that is fitted to them. Its shape k says how fast the estimate
    converges: it can be trusted up to :math:`\\min(1 - 1 / \\log_{10} S, 0.7)` for S draws.

    References
    ----------
    .. [1] Vehtari, Gelman and Gabry (2017). Practical Bayesian model evaluation using leave-one-out
       cross-validation and WAIC. Statistics and Computing 27, 1413-1432.
    .. [2] Vehtari, Simpson, Gelman, Yao and Gabry (2024). Pareto smoothed importance sampling.
       Journal of Machine Learning Research 25(72), 1-58.

    Examples
    --------
    >>> from hierarchical_models import datasets, fit
    >>> found = loo(fit("radon_varying_intercept", datasets.load("radon"), seed=1))
    >>> found.unreliable, found.left_out, len(found.pointwise)
    ([], 'house', 919)
    """
    log_likelihood = _log_likelihood(idata)
    units = [dim for dim in log_likelihood.dims if dim not in ("chain", "draw")]
    flat = log_likelihood.stack(__unit__=units).transpose("chain", "draw", "__unit__")
    labels = flat.indexes["__unit__"]
    index = labels.get_level_values(0) if len(units) == 1 else labels
    draws = np.concatenate(flat.to_numpy())
    estimate = importance_estimate(draws, relative_efficiency(idata))
    return CrossValidation(
        model=str(idata.posterior.attrs.get("model", "model")),
        left_out=str(units[0]) if len(units) == 1 else "observation",
        pointwise=estimate.table.set_index(pd.Index(index)),
        outcome=_observed(idata),
        n_draws=len(draws),
    )


def compare(results: Mapping[str, CrossValidation], score: str = "elpd") -> pd.DataFrame:
    """Compare models by the same observations or groups left out.

    Parameters
    ----------
    results : mapping of str to CrossValidation
        Two or more, by the names that the table gives them: all of `loo`, or all of
        `leave_one_group_out` with the same groups.
    score : str
        Column of ``pointwise`` to compare: ``elpd``, or another score that it has, such as
        ``elpd_apart`` of `leave_one_group_out`.

    Returns
    -------
    pandas.DataFrame
        A row for each model, the best first, with columns ``elpd`` and ``se``; ``elpd_difference``
        from the best and ``se_difference``, paired, so that what is hard to predict for both does
        not count; ``p``; and ``n_unreliable`` estimates.

    Raises
    ------
    ValueError
        If there are fewer than two, or they are not of the same observations.
    UnknownNameError
        If there is no such score.

    Notes
    -----
    A difference of less than 4, or of less than about twice its standard error, tells nothing of
    which model is better; with fewer than 100 units the standard error itself is unsure [2]_.

    References
    ----------
    .. [1] Vehtari, Gelman and Gabry (2017). Practical Bayesian model evaluation using leave-one-out
       cross-validation and WAIC. Statistics and Computing 27, 1413-1432, section 5.
    .. [2] Sivula, Magnusson, Matamoros and Vehtari (2020). Uncertainty in Bayesian leave-one-out
       cross-validation based model comparison. arXiv:2008.10296.

    Examples
    --------
    >>> from hierarchical_models import datasets, fit
    >>> radon = datasets.load("radon")
    >>> models = ["radon_pooled", "radon_varying_intercept"]
    >>> table = compare({model: loo(fit(model, radon, seed=1)) for model in models})
    >>> table.index[0]
    'radon_varying_intercept'
    """
    _check_comparable(results, score)
    columns = {name: result.pointwise[score] for name, result in results.items()}
    order = sorted(columns, key=lambda name: -columns[name].sum())
    best = columns[order[0]].to_numpy()
    rows = {}
    for name in order:
        own = columns[name].to_numpy()
        difference = paired_difference(own, best)
        rows[name] = {
            "elpd": float(own.sum()),
            "se": standard_error_of_sum(own),
            "elpd_difference": difference.difference,
            "se_difference": difference.se,
            "p": results[name].p,
            "n_unreliable": len(results[name].unreliable),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("model")


def _check_comparable(results: Mapping[str, CrossValidation], score: str) -> None:
    if len(results) < 2:
        raise ValueError(f"results: found {len(results)}, allowed two or more to compare")
    first_name, first = next(iter(results.items()))
    for name, result in results.items():
        if score not in result.pointwise or not score.startswith("elpd"):
            scores = [str(one) for one in result.pointwise if str(one).startswith("elpd")]
            raise unknown_name(f"score of {name}", score, scores)
        if result.left_out != first.left_out:
            raise ValueError(
                f"{name}: found each {result.left_out} left out, allowed each {first.left_out} as "
                f"for {first_name}: these predict different things"
            )
        if not result.pointwise.index.equals(first.pointwise.index) or not np.array_equal(
            result.outcome, first.outcome
        ):
            raise ValueError(
                f"{name}: found other data than those of {first_name}, allowed the same "
                "observations in the same order"
            )


def _log_likelihood(idata: az.InferenceData) -> xr.DataArray:
    if "log_likelihood" not in idata.groups():
        raise ModelDataError(
            f"idata: found groups {', '.join(idata.groups())}, allowed a fit with log_likelihood"
        )
    names = list(idata.log_likelihood.data_vars)
    if len(names) != 1:
        raise ModelDataError(
            f"log_likelihood: found {', '.join(map(str, names))}, allowed one, of what is left out"
        )
    return idata.log_likelihood[names[0]]


def _observed(idata: az.InferenceData) -> np.ndarray:
    observed = idata.observed_data
    return np.concatenate([np.ravel(observed[name]) for name in sorted(observed.data_vars)])
