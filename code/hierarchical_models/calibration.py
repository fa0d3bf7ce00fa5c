"""Simulation-based calibration: does a program draw from the posterior of its own model?

Parameters are drawn from the prior and data from the model, in NumPy; the Stan program is fitted
to the data; and the true value is ranked among the posterior's draws. Where all is right the rank
is uniform. As a command, ``python -m hierarchical_models.calibration``, this is the longer study.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from hierarchical_models.calibration_store import load_or_study
from hierarchical_models.generative import (
    as_values,
    get_generative_model,
    with_placeholder_outcome,
)
from hierarchical_models.inputs import ModelInputs, prepare_inputs
from hierarchical_models.quick_stan import QuickStan, ThinnedDraws
from hierarchical_models.rank_tests import chi_square_p_value, ecdf_p_value
from hierarchical_models.registry import ModelSpec, get_model
from hierarchical_models.settings import StudySettings

LOG_LIKELIHOOD = "log_likelihood"
"""Name of the one quantity that depends on the data, beside the parameters."""
LEVEL = 0.01

Sampler = Callable[[ModelInputs, tuple[str, ...], int, int], ThinnedDraws]
Progress = Callable[[int], None]


@dataclass(frozen=True, eq=False)
class Calibration:
    """Ranks of simulated truths among posterior draws.

    Parameters
    ----------
    model : str
        Name of the model.
    n_draws : int
        Posterior draws among which each truth was ranked: ranks are from 0 to this.
    ranks : mapping of str to ndarray of int, shape (n_simulations, ...)
        Of each parameter, and of the log likelihood of the data, ``log_likelihood``.
    n_divergences : ndarray of int, shape (n_simulations,)
        Divergent draws of each fit.
    effective_draws : ndarray of float, shape (n_simulations,)
        Smallest effective number of draws of each fit before thinning; where it is below
        `n_draws` the ranks lean to both ends though the program may be right.
    """

    model: str
    n_draws: int
    ranks: Mapping[str, np.ndarray]
    n_divergences: np.ndarray
    effective_draws: np.ndarray

    @property
    def n_simulations(self) -> int:
        """How many data sets were simulated and fitted."""
        return len(self.n_divergences)

    def table(self) -> pd.DataFrame:
        """Tests of uniformity for every element of every parameter.

        Returns
        -------
        pandas.DataFrame
            A row for each element, with columns ``n_simulations``; ``mean_rank``, from 0 to 1,
            above 0.5 where the posterior lies too low; ``rank_spread``, the ranks' standard
            deviation over that of uniform ranks, above 1 where the posterior is too narrow;
            ``chi_square_p`` and ``ecdf_p``, p-values of the two tests; and ``adjusted_p``, the
            smaller of the two after Holm's correction for all the tests in the table.
        """
        rows = {
            label: _describe(ranks, self.n_draws)
            for name, values in self.ranks.items()
            for label, ranks in _elements(name, values)
        }
        table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("parameter")
        table.insert(0, "n_simulations", self.n_simulations)
        adjusted = _holm(table[["chi_square_p", "ecdf_p"]].to_numpy())
        return table.assign(adjusted_p=adjusted.min(axis=1))

    def problems(self, level: float = LEVEL) -> dict[str, str]:
        """Parameters whose ranks are not uniform.

        Parameters
        ----------
        level : float
            Probability of a false alarm anywhere in the table.

        Returns
        -------
        dict of str to str
            For each such element a sentence with what is wrong; empty for a calibrated program.
        """
        table = self.table()
        return {
            str(label): f"ranks of {label} are not uniform (p = {row['adjusted_p']:.2g} after "
            f"correction for all {len(table)} elements; {_direction(row)})"
            for label, row in table[table["adjusted_p"] < level].iterrows()
        }


def calibrate(
    model: ModelSpec | str,
    design: Mapping[str, Any] | None = None,
    *,
    hyperparameters: Mapping[str, Any] | None = None,
    fit_hyperparameters: Mapping[str, Any] | None = None,
    n_simulations: int = 200,
    n_draws: int = 99,
    seed: int = 1,
    jobs: int = 1,
    sampler: Sampler | None = None,
    store: bool = True,
    progress: Progress | None = None,
) -> Calibration:
    """Rank simulated truths among the draws of their posteriors.

    Parameters
    ----------
    model : ModelSpec or str
        The model, or its name; one of `list_generative_models`.
    design : mapping of str to array, optional
        Its data but for the outcome; by default the model's own small design.
    hyperparameters : mapping of str to number or str, optional
        Of the prior that truths are drawn from, where they differ from the design's.
    fit_hyperparameters : mapping of str to number or str, optional
        Where the fit should use others, to see a wrong prior being caught.
    n_simulations : int
        Data sets to simulate and fit; 20 or more.
    n_draws : int
        Posterior draws among which each truth is ranked; one less than a product is best, because
        ranks then fall into bins of equal width.
    seed : int
        Makes the study repeatable, whatever `jobs` is.
    jobs : int
        Fits that run at the same time, each in a process of its own.
    sampler : callable, optional
        Draws from the posterior instead of the Stan program: takes ModelInputs, the names of the
        parameters, the number of draws and a seed, and gives `ThinnedDraws`.
    store : bool
        Whether to take the study from the store of fits, and to keep it there; one with a sampler
        of its own is never kept.
    progress : callable, optional
        Called with the number of data sets done; not for a study from the store.

    Returns
    -------
    Calibration
        Ranks, and their tests.

    Raises
    ------
    UnknownNameError
        If the model has no NumPy form to simulate from, or an unknown hyperparameter is given.
    ModelDataError, HyperparameterError
        If the design or a hyperparameter does not fit the model.
    SamplingError
        If a fit stops.

    Notes
    -----
    The Stan program is run because its executable starts in milliseconds; that the PyMC program
    has the same density is what `check_log_density` shows. Ranks of the log likelihood are looked
    at too, because those of the parameters alone are uniform even for a program that ignores the
    data and draws from the prior.

    References
    ----------
    .. [1] Talts, S. et al. (2018). Validating Bayesian inference algorithms with simulation-based
       calibration. arXiv:1804.06788.
    .. [2] Modrák, M. et al. (2023). Simulation-based calibration checking for Bayesian computation:
       the choice of test quantities shapes sensitivity. Bayesian Analysis.
    .. [3] Säilynoja, T., Bürkner, P.-C. and Vehtari, A. (2022). Graphical test for discrete
       uniformity. Statistics and Computing 32, 32.

    Examples
    --------
    >>> study = calibrate("binomial_pooled", {"n": [5, 10]}, n_simulations=20, n_draws=9)
    >>> study.ranks["theta"].shape
    (20,)
    """
    spec = get_model(model) if isinstance(model, str) else model
    simulator = _Simulator.prepare(spec, design, hyperparameters, n_draws, seed)

    settings = StudySettings(
        spec.resolve_hyperparameters(simulator.hyper | dict(fit_hyperparameters or {})),
        n_simulations,
        n_draws,
        seed,
    )

    def study() -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
        draw = sampler or _stan_sampler(spec, settings.fit_hyperparameters)
        return simulator.study(n_simulations, draw, jobs, progress)

    ranks, fits = (
        load_or_study(spec, simulator.inputs, simulator.hyper, settings, study)
        if store and sampler is None
        else study()
    )
    return Calibration(spec.name, n_draws, ranks, **fits)


@dataclass(frozen=True)
class _Ranked:
    """One simulation."""

    ranks: Mapping[str, np.ndarray]
    n_divergences: int
    effective_draws: float


@dataclass(frozen=True, eq=False)
class _Simulator:
    """Makes data sets from a model and ranks the truth among draws from their posteriors."""

    spec: ModelSpec
    inputs: ModelInputs
    hyper: dict[str, float | str]
    n_draws: int
    seed: int

    @classmethod
    def prepare(
        cls,
        spec: ModelSpec,
        design: Mapping[str, Any] | None,
        hyperparameters: Mapping[str, Any] | None,
        n_draws: int,
        seed: int,
    ) -> _Simulator:
        model = get_generative_model(spec)
        given = {**model.hyperparameters, **(hyperparameters or {})}
        data = with_placeholder_outcome(spec, model.design if design is None else design)
        inputs = prepare_inputs(spec, data)
        return cls(spec, inputs, spec.resolve_hyperparameters(given), n_draws, seed)

    def study(
        self, n_simulations: int, sampler: Sampler, jobs: int, progress: Progress | None
    ) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
        """Ranks by parameter, and by their names the other arrays of a `Calibration`."""
        done = []
        with ThreadPoolExecutor(max_workers=jobs) as pool:
            tasks = [pool.submit(self.run, index, sampler) for index in range(n_simulations)]
            try:
                for task in tasks:
                    done.append(task.result())
                    if progress is not None:
                        progress(len(done))
            except BaseException:
                pool.shutdown(wait=True, cancel_futures=True)
                raise
        ranks = {name: np.stack([one.ranks[name] for one in done]) for name in done[0].ranks}
        fits = {
            name: np.array([getattr(one, name) for one in done])
            for name in ("n_divergences", "effective_draws")
        }
        return ranks, fits

    def run(self, index: int, sampler: Sampler) -> _Ranked:
        model = get_generative_model(self.spec)
        sequence = np.random.SeedSequence([self.seed, index])
        random = np.random.default_rng(sequence)
        values = as_values(self.inputs)
        truth = model.draw_parameters(values, self.hyper, random)
        outcomes = model.draw_outcome(truth, values, random)
        inputs = replace(self.inputs, values={**self.inputs.values, **outcomes})
        fit_seed = int(sequence.generate_state(1)[0] % (2**31 - 1)) + 1
        drawn = sampler(inputs, tuple(truth), self.n_draws, fit_seed)
        data = as_values(inputs)
        true = {**truth, LOG_LIKELIHOOD: model.log_likelihood(truth, data)}
        draws = {**drawn.parameters, LOG_LIKELIHOOD: model.log_likelihood(drawn.parameters, data)}
        ranks = {name: _rank(np.asarray(true[name]), draws[name], random) for name in true}
        return _Ranked(ranks, drawn.n_divergences, drawn.effective_draws)


def _stan_sampler(spec: ModelSpec, hyper: Mapping[str, Any]) -> Sampler:
    from hierarchical_models.stan_executables import compile_model

    return QuickStan(spec, compile_model(spec.stan_file), hyper).draw


def _rank(truth: np.ndarray, draws: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Number of draws below the truth; among equal ones its place is drawn at random."""
    below, equal = (draws < truth).sum(axis=0), (draws == truth).sum(axis=0)
    return np.asarray(below + random.integers(0, equal + 1))


def _elements(name: str, values: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    for place in np.ndindex(*values.shape[1:]):
        label = f"{name}[{', '.join(str(at) for at in place)}]" if place else name
        yield label, values[(slice(None), *place)]


def _describe(ranks: np.ndarray, n_draws: int) -> dict[str, float]:
    uniform_sd = np.sqrt(((n_draws + 1) ** 2 - 1) / 12)
    return {
        "mean_rank": float(ranks.mean() / n_draws),
        "rank_spread": float(np.sqrt(np.mean((ranks - n_draws / 2) ** 2)) / uniform_sd),
        "chi_square_p": chi_square_p_value(ranks, n_draws),
        "ecdf_p": ecdf_p_value(ranks, n_draws),
    }


def _direction(row: pd.Series) -> str:
    error = 1 / np.sqrt(12 * row["n_simulations"])
    if abs(row["mean_rank"] - 0.5) > 3 * error:
        return f"the posterior lies too {'low' if row['mean_rank'] > 0.5 else 'high'}"
    return f"the posterior is too {'narrow' if row['rank_spread'] > 1 else 'wide'}"


def _holm(p_values: np.ndarray) -> np.ndarray:
    """P-values corrected by the method of Holm for there being many."""
    flat = p_values.ravel()
    order = np.argsort(flat)
    scaled = np.maximum.accumulate(flat[order] * (flat.size - np.arange(flat.size)))
    adjusted = np.empty_like(flat)
    adjusted[order] = np.minimum(scaled, 1)
    return adjusted.reshape(p_values.shape)


if __name__ == "__main__":
    from hierarchical_models.calibration_command import main

    sys.exit(main())
