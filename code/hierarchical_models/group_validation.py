"""How well does a model predict a group that it has not seen? Leave-one-group-out."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import arviz as az
import numpy as np
import pandas as pd
import xarray as xr
from scipy.special import logsumexp

from hierarchical_models.cross_validation import (
    CrossValidation,
    importance_estimate,
    pareto_k_threshold,
    relative_efficiency,
)
from hierarchical_models.errors import ModelDataError
from hierarchical_models.fitting import fit
from hierarchical_models.group_data import GroupedData, group_data
from hierarchical_models.inputs import DataLike
from hierarchical_models.names import unknown_name
from hierarchical_models.predictive.declaration import get_predictive
from hierarchical_models.predictive.fitted import Fitted, read_fit
from hierarchical_models.registry import ModelSpec, get_model
from hierarchical_models.scoring import log_score

METHODS = ("importance", "refit")


@dataclass(frozen=True, eq=False)
class GroupCrossValidation(CrossValidation):
    """Log predictive densities of groups, each predicted from all others.

    Parameters
    ----------
    model, left_out, pointwise, outcome, n_draws
        As of `CrossValidation`, with a row of `pointwise` for each group. Its column ``elpd`` is
        for all outcomes of the group together; ``elpd_apart`` the sum over its outcomes, each
        predicted as if it were the only one; ``n_observations`` how many there are.
    observations : pandas.DataFrame
        A row for each observation, by its label, with columns ``group``, its label;
        ``observed``; ``mean``, its expected value given the other groups, from one new group at
        each draw, and so unsure for counts, whose rates have heavy tails; and ``elpd``, its own log
        predictive density given the other groups.
    """

    observations: pd.DataFrame

    @property
    def refitted(self) -> list[Any]:
        """Labels of the groups without which the model was fitted anew."""
        return list(self.pointwise.index[self.pointwise["pareto_k"].isna()])

    @property
    def rmse(self) -> float:
        """Root mean square error of the observations' expected values, in the outcome's unit."""
        errors = self.observations["observed"] - self.observations["mean"]
        return float(np.sqrt(np.mean(errors**2)))


def leave_one_group_out(
    model: ModelSpec | str,
    data: DataLike,
    *,
    seed: int,
    group: str | None = None,
    method: str = "importance",
    backend: str = "pymc",
    hyperparameters: Mapping[str, Any] | None = None,
    progress: bool | None = None,
    **settings: Any,
) -> GroupCrossValidation:
    """Predict each group from all others.

    Parameters
    ----------
    model : ModelSpec or str
        The model, or its name.
    data : Dataset, ModelData, mapping of str to array, or DataFrame
        Its data.
    seed : int
        Makes the fits repeatable; they are kept in the store of fits.
    group : str, optional
        What to leave out, by the dimension's name, as in ``"county"``, or by the field that points
        into it; not needed where there is only one kind of group.
    method : {"importance", "refit"}
        ``"importance"`` fits the model once to all data and weights the draws, and fits it anew
        only without those groups whose weights cannot be trusted. ``"refit"`` fits it anew without
        each group: exact up to Monte Carlo error, and slow where there are many groups.
    backend : {"pymc", "stan"}
        As for `fit`.
    hyperparameters : mapping of str to number or str, optional
        As for `fit`.
    progress : bool, optional
        Whether to say which group is being left out; by default where a terminal is attached.
    **settings
        Further settings of `fit`, such as ``draws``.

    Returns
    -------
    GroupCrossValidation
        Scores of groups and of their observations.

    Raises
    ------
    ModelDataError
        As for `fit`; for a model without pooling, which says nothing of a new group; for groups
        whose parameters cannot be integrated out; and where a level of another factor is in one
        group alone.
    UnknownNameError
        For an unknown model, method, backend or group.
    DiagnosticsError
        If a fit's draws cannot be trusted.

    Notes
    -----
    A group's own parameters are of no use in predicting it, since without its data they are
    unknown: they are integrated out over the population at each draw of all else, :math:`\\phi`,

    .. math:: p(y_j \\mid \\phi) = \\int p(y_j \\mid \\theta_j, \\phi)\\,
       p(\\theta_j \\mid \\phi)\\, d\\theta_j,

    in closed form for normal and Beta populations of normal and binomial outcomes, otherwise by
    quadrature. Weights :math:`1 / p(y_j \\mid \\phi_s)` turn draws from the posterior of all data
    into draws from that without group j [1]_; they are Pareto smoothed, and those whose Pareto k is
    above the limit are not used [2]_. Without the integral k would be too large for most groups.

    ``elpd`` asks for all outcomes of a group together: a model with varying intercepts is rewarded
    for knowing that they go together. ``elpd_apart`` and `GroupCrossValidation.rmse` ask how well
    one outcome of a new group is predicted.

    References
    ----------
    .. [1] Merkle, Furr and Rabe-Hesketh (2019). Bayesian comparison of latent variable models:
       conditional versus marginal likelihoods. Psychometrika 84, 802-829.
    .. [2] Vehtari, Simpson, Gelman, Yao and Gabry (2024). Pareto smoothed importance sampling.
       Journal of Machine Learning Research 25(72), 1-58.

    Examples
    --------
    >>> from hierarchical_models import datasets
    >>> found = leave_one_group_out("binomial_partial", datasets.load("baseball"), seed=1)
    >>> found.left_out, len(found.pointwise), found.unreliable
    ('player', 18, [])
    """
    spec = get_model(model) if isinstance(model, str) else model
    if method not in METHODS:
        raise unknown_name("method", method, METHODS)
    grouped = group_data(spec, data, group)
    _check_integral(grouped)

    def fit_to(some: DataLike) -> az.InferenceData:
        return fit(
            spec,
            some,
            seed=seed,
            backend=backend,
            hyperparameters=hyperparameters,
            progress=progress,
            **settings,
        )

    full = fit_to(data)
    fitted = read_fit(full, spec)
    places = range(len(grouped.labels))
    marginal = np.column_stack([_log_marginal(fitted, grouped, place) for place in places])
    estimate = importance_estimate(marginal, relative_efficiency(full))
    is_reliable = estimate.table["pareto_k"] <= pareto_k_threshold(fitted.n_draws)
    refitted = [place for place in places if method == "refit" or not is_reliable[place]]
    show = sys.stderr.isatty() if progress is None else progress
    found = []
    for place in places:
        if place not in refitted:
            row = estimate.table.loc[place].to_dict()
            log_weights = estimate.log_weights[:, place]
            found.append(_LeftOut(row, _predict(fitted, grouped, place, log_weights, seed)))
            continue
        if show:
            count = f"{refitted.index(place) + 1} of {len(refitted)}"
            print(f"{spec.name} without {grouped.labels[place]} ({count})", file=sys.stderr)
        without = read_fit(fit_to(grouped.without(place)), spec)
        lpd = float(logsumexp(marginal[:, place]) - np.log(fitted.n_draws))
        found.append(_score_refit(without, grouped, place, lpd, seed))
    return _collect(grouped, found, fitted.n_draws)


def _check_integral(grouped: GroupedData) -> None:
    population = get_predictive(grouped.spec).populations.get(grouped.dim)
    if population is not None and population.log_marginal is None:
        raise ModelDataError(
            f"{grouped.spec.name}: found parameters of each {grouped.name} that cannot be "
            "integrated out quickly and accurately, allowed a model where they can; predict(..., "
            "allow_new_groups=True) draws new ones"
        )


@dataclass(frozen=True, eq=False)
class _LeftOut:
    """One group: its row of the table, and the rows of its observations."""

    row: dict[str, float]
    observations: pd.DataFrame


def _score_refit(
    without: Fitted, grouped: GroupedData, place: int, lpd: float, seed: int
) -> _LeftOut:
    draws = _log_marginal(without, grouped, place).reshape(without.n_chains, -1)
    score = log_score(xr.DataArray(draws, dims=("chain", "draw")))
    row = {"elpd": score.elpd, "mcse": score.mcse, "p": lpd - score.elpd, "pareto_k": np.nan}
    equal = np.full(without.n_draws, -np.log(without.n_draws))
    return _LeftOut(row, _predict(without, grouped, place, equal, seed))


def _log_marginal(
    fitted: Fitted, grouped: GroupedData, place: int, rows: np.ndarray | None = None
) -> np.ndarray:
    """Log likelihood of a group, or some of its rows, without its own parameters."""
    data = {**grouped.only(place, rows), **fitted.constants}
    population = fitted.predictive.populations.get(grouped.dim)
    if population is None:  # all groups are alike
        _, outcome = fitted.predictive.rows(fitted.parameters, data)
        return np.asarray(outcome.log_density(data).sum(axis=1))
    # there is one, as was checked before anything was fitted
    assert population.log_marginal is not None
    return population.log_marginal(fitted.parameters, data)


def _predict(
    fitted: Fitted, grouped: GroupedData, place: int, log_weights: np.ndarray, seed: int
) -> pd.DataFrame:
    """Each observation of a group that the weighted draws know nothing of."""
    rows = grouped.rows_of(place)
    marginal = np.column_stack(
        [_log_marginal(fitted, grouped, place, rows[[at]]) for at in range(len(rows))]
    )
    data = {**grouped.only(place), **fitted.constants}
    parameters = dict(fitted.parameters)
    population = fitted.predictive.populations.get(grouped.dim)
    if population is not None:
        parameters |= population.draw(parameters, data, 1, np.random.default_rng([seed, place]))
    _, outcome = fitted.predictive.rows(parameters, data)
    labels = grouped.inputs.coords[grouped.row_dim][rows]
    return pd.DataFrame(
        {
            "group": [grouped.labels[place]] * len(rows),
            "observed": data[grouped.spec.outcome],
            "mean": np.exp(log_weights) @ outcome.mean(),
            "elpd": logsumexp(log_weights[:, None] + marginal, axis=0),
        },
        index=pd.Index(labels, name=grouped.inputs.dims[grouped.row_dim]),
    )


def _collect(grouped: GroupedData, found: list[_LeftOut], n_draws: int) -> GroupCrossValidation:
    table = pd.DataFrame(
        [one.row for one in found], index=pd.Index(grouped.labels, name=grouped.name)
    )
    table["elpd_apart"] = [one.observations["elpd"].sum() for one in found]
    table["n_observations"] = [len(one.observations) for one in found]
    observations = pd.concat([one.observations for one in found])
    return GroupCrossValidation(
        model=grouped.spec.name,
        left_out=grouped.name,
        pointwise=table,
        outcome=observations["observed"].to_numpy(),
        n_draws=n_draws,
        observations=observations,
    )
