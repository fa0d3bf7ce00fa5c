"""Predictions of what was left out: what they are, and how to have them from one fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import arviz as az
import numpy as np
import pandas as pd

from hierarchical_models.convergence import effective_for_mean
from hierarchical_models.draw_columns import as_columns
from hierarchical_models.scoring import log_mean_exp, log_sum_exp, standard_error_of_sum

LARGEST_RELIABLE_K = 0.7


@dataclass(frozen=True, eq=False)
class CrossValidation:
    """Log predictive densities of observations or groups, each predicted from all others.

    Parameters
    ----------
    model : str
        Name of the model.
    left_out : str
        What was left out, one at a time, for example ``"house"``.
    pointwise : pandas.DataFrame
        A row for each that was left out, with columns ``elpd``, its log predictive density;
        ``mcse``, the Monte Carlo standard error of that, ``nan`` where `pareto_k` is too large to
        know; ``p``, how much worse that is than the density under the posterior from all data, the
        effective number of parameters; and ``pareto_k``, how heavy the tail of the importance
        weights is, ``nan`` where the model was fitted anew.
    outcome : ndarray
        What was observed, to see that models that are compared were given the same.
    n_draws : int
        Posterior draws.
    """

    model: str
    left_out: str
    pointwise: pd.DataFrame
    outcome: np.ndarray
    n_draws: int

    @property
    def elpd(self) -> float:
        """Expected log pointwise predictive density: the sum of ``elpd``; higher is better."""
        return float(self.pointwise["elpd"].sum())

    @property
    def se(self) -> float:
        """Standard error of `elpd`, as other observations or groups might have been seen."""
        return standard_error_of_sum(self.pointwise["elpd"].to_numpy())

    @property
    def p(self) -> float:
        """Effective number of parameters: the sum of ``p``."""
        return float(self.pointwise["p"].sum())

    @property
    def k_threshold(self) -> float:
        """Largest Pareto k at which an importance sampling estimate can be trusted."""
        return pareto_k_threshold(self.n_draws)

    @property
    def unreliable(self) -> list[Any]:
        """Labels of those whose Pareto k is too large for their estimate to be trusted."""
        k = self.pointwise["pareto_k"]
        return list(self.pointwise.index[k.notna() & ~(k <= self.k_threshold)])

    def __str__(self) -> str:
        head = (
            f"{self.model}, leave-one-{self.left_out}-out: elpd {self.elpd:.1f} "
            f"(standard error {self.se:.1f}), effective parameters {self.p:.1f}."
        )
        return f"{head}\n{self._reliability()}"

    def _reliability(self) -> str:
        n, bad = len(self.pointwise), self.unreliable
        limit = f"{self.k_threshold:.2f}, the limit for {self.n_draws} draws"
        if not bad:
            mcse = float(np.sqrt((self.pointwise["mcse"] ** 2).sum()))
            return (
                f"All {n} estimates are reliable (Pareto k up to {limit}); "
                f"Monte Carlo standard error {mcse:.2g}."
            )
        worst = self.pointwise["pareto_k"].loc[bad].sort_values(ascending=False)
        shown = ", ".join(f"{label} ({k:.2f})" for label, k in worst.head(10).items())
        more = f" and {len(bad) - 10} more" if len(bad) > 10 else ""
        return (
            f"{len(bad)} of {n} estimates are not reliable (Pareto k above {limit}): "
            f"{shown}{more}. Their sum may be far off: fit the model again without each of them, "
            "and ask why they pull so hard."
        )


@dataclass(frozen=True, eq=False)
class ImportanceEstimate:
    """Leave-one-out densities from the draws of one fit.

    Parameters
    ----------
    table : pandas.DataFrame
        As ``CrossValidation.pointwise``.
    log_weights : ndarray of float, shape (n_draws, n_units)
        Smoothed weights of the draws for each unit that is left out; their exponentials sum to 1.
    """

    table: pd.DataFrame
    log_weights: np.ndarray


def importance_estimate(log_likelihood: np.ndarray, efficiency: float) -> ImportanceEstimate:
    """Leave units out by Pareto smoothed importance sampling.

    Parameters
    ----------
    log_likelihood : ndarray of float, shape (n_draws, n_units)
        Of each unit at draws from the posterior of all.
    efficiency : float
        Effective draws in each draw, as from `relative_efficiency`.

    Returns
    -------
    ImportanceEstimate
        Densities, with the weights that they come from.

    Examples
    --------
    Three measurements with unit variance, of a mean with a flat prior; the first given the others
    is normal around their mean, with variance 1 + 1/2:

    >>> from scipy.stats import norm
    >>> y = np.array([0.0, 1.0, -0.5])
    >>> mean = np.random.default_rng(1).normal(y.mean(), 3**-0.5, size=4000)
    >>> table = importance_estimate(norm.logpdf(y, mean[:, None]), efficiency=1.0).table
    >>> exact = norm.logpdf(y[0], y[1:].mean(), 1.5**0.5)
    >>> bool(abs(table["elpd"][0] - exact) < 4 * table["mcse"][0])
    True
    """
    smoothed, pareto_k = az.psislw(-log_likelihood.T, efficiency)
    log_weights = smoothed.T
    elpd = log_sum_exp(log_weights + log_likelihood, axis=0)
    lpd = log_mean_exp(log_likelihood, axis=0)
    # of a weighted mean of densities, relative to that mean
    spread = np.exp(log_weights) * np.expm1(log_likelihood - elpd)
    mcse = np.sqrt((spread**2).sum(axis=0) / min(efficiency, 1.0))
    is_reliable = pareto_k <= pareto_k_threshold(len(log_likelihood))
    table = pd.DataFrame(
        {
            "elpd": elpd,
            "mcse": np.where(is_reliable, mcse, np.nan),
            "p": lpd - elpd,
            "pareto_k": pareto_k,
        }
    )
    return ImportanceEstimate(table, log_weights)


def relative_efficiency(idata: az.InferenceData) -> float:
    """Effective draws in each draw of a fit, on average over its parameters.

    Parameters
    ----------
    idata : arviz.InferenceData
        With the group posterior.

    Returns
    -------
    float
        1 for independent draws; below where they follow each other, above where they alternate.

    Examples
    --------
    >>> draws = np.random.default_rng(1).normal(size=(4, 500))
    >>> efficiency = relative_efficiency(az.from_dict(posterior={"mu": draws}))
    >>> 0.8 < efficiency < 1.2
    True
    """
    posterior = idata.posterior
    if posterior.sizes["chain"] == 1:
        return 1.0
    ess = [effective_for_mean(as_columns(posterior[name])) for name in posterior.data_vars]
    return float(
        np.nanmean(np.concatenate(ess)) / (posterior.sizes["chain"] * posterior.sizes["draw"])
    )


def pareto_k_threshold(n_draws: int) -> float:
    """Largest Pareto k at which an estimate from so many draws can be trusted.

    Parameters
    ----------
    n_draws : int
        Number of draws, above 10.

    Returns
    -------
    float
        ``min(1 - 1 / log10(n_draws), 0.7)``: at 0.7 no practical number of draws is enough.

    References
    ----------
    .. [1] Vehtari, Simpson, Gelman, Yao and Gabry (2024). Pareto smoothed importance sampling.
       Journal of Machine Learning Research 25(72), 1-58, section 3.2.4.

    Examples
    --------
    >>> pareto_k_threshold(100), pareto_k_threshold(4000)
    (0.5, 0.7)
    """
    return min(1 - 1 / float(np.log10(n_draws)), LARGEST_RELIABLE_K)
