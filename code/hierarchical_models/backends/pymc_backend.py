"""Sampling a PyMC model, with nutpie or with PyMC's own sampler."""

from __future__ import annotations

import logging
import os
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import arviz as az
import numpy as np
import pymc as pm
import pytensor

from hierarchical_models.backends.draws import RawDraws
from hierarchical_models.errors import SamplingError
from hierarchical_models.inputs import ModelInputs
from hierarchical_models.registry import ModelSpec
from hierarchical_models.settings import SamplerSettings

with warnings.catch_warnings():
    # a PyTensor from the package index finds no BLAS and says so at its first look, which is here;
    # the models of this package do not use it
    warnings.filterwarnings("ignore", "PyTensor could not link to a BLAS", UserWarning)
    _ = pytensor.config.blas__ldflags

NUTPIE_STATS = {
    "logp": "lp",
    "diverging": "diverging",
    "energy": "energy",
    "depth": "tree_depth",
    "n_steps": "n_steps",
    "step_size": "step_size",
    "mean_tree_accept": "acceptance_rate",
    "maxdepth_reached": "reached_max_treedepth",
}
PYMC_STATS = {
    "lp": "lp",
    "diverging": "diverging",
    "energy": "energy",
    "tree_depth": "tree_depth",
    "n_steps": "n_steps",
    "step_size": "step_size",
    "acceptance_rate": "acceptance_rate",
    "reached_max_treedepth": "reached_max_treedepth",
}


def build_model(spec: ModelSpec, inputs: ModelInputs, hyper: Mapping[str, Any]) -> pm.Model:
    """The PyMC model of a specification for checked data.

    Parameters
    ----------
    spec : ModelSpec
        The model.
    inputs : ModelInputs
        Its data.
    hyper : mapping of str to float or str
        Every hyperparameter.

    Returns
    -------
    pymc.Model
        With coordinates by the model's own names of its dimensions.
    """
    coords = {dim: np.arange(size) for dim, size in inputs.sizes.items()}
    return spec.build_pymc({**inputs.values, **inputs.counts}, hyper, coords)


def sample_pymc(
    spec: ModelSpec,
    inputs: ModelInputs,
    hyper: Mapping[str, Any],
    settings: SamplerSettings,
    progress: bool,
) -> RawDraws:
    """Draw from the posterior and the prior of a PyMC model.

    Parameters
    ----------
    spec : ModelSpec
        The model.
    inputs : ModelInputs
        Its data.
    hyper : mapping of str to float or str
        Every hyperparameter.
    settings : SamplerSettings
        The sampler and its settings.
    progress : bool
        Whether to show a progress bar.

    Returns
    -------
    RawDraws
        Draws by the model's names.

    Raises
    ------
    SamplingError
        If the sampler stops, for example because the density is not finite at any starting point.
    """
    model = build_model(spec, inputs, hyper)
    sample = {"nutpie": _sample_nutpie, "pymc": _sample_nuts}[settings.sampler]
    idata, attrs = sample(model, spec, settings, progress)
    (observed,) = model.observed_RVs  # the outcome itself, or that of which the outcomes are parts
    prior_seed, predictive_seed = np.random.SeedSequence(settings.seed).generate_state(2)
    with quiet("pymc"), model:
        predictive = pm.sample_posterior_predictive(
            idata,
            var_names=list(spec.outcomes),
            random_seed=int(predictive_seed),
            progressbar=False,
        )
        prior, prior_predictive = _draw_prior(
            model, spec, settings.chains * settings.draws, int(prior_seed)
        )
        # last, because it takes the transforms off the model, and the starting values, of which it
        # can make nothing, have to be taken off before
        model.rvs_to_initial_values.update(dict.fromkeys(model.free_RVs))
        pm.compute_log_likelihood(idata, progressbar=False)
    stat_names = NUTPIE_STATS if settings.sampler == "nutpie" else PYMC_STATS
    return RawDraws(
        posterior={name: idata.posterior[name].to_numpy() for name in spec.parameter_names},
        sample_stats={
            ours: idata.sample_stats[theirs].to_numpy() for theirs, ours in stat_names.items()
        },
        log_likelihood=idata.log_likelihood[observed.name].to_numpy(),
        posterior_predictive={
            name: predictive.posterior_predictive[name].to_numpy() for name in spec.outcomes
        },
        prior=prior,
        prior_predictive=prior_predictive,
        attrs={"pymc": pm.__version__, "pytensor": pytensor.__version__, **attrs},
    )


def _sample_nutpie(
    model: pm.Model, spec: ModelSpec, settings: SamplerSettings, progress: bool
) -> tuple[az.InferenceData, dict[str, str | float]]:
    import nutpie

    started = time.perf_counter()
    compiled = nutpie.compile_pymc_model(model, var_names=list(spec.parameter_names))
    compile_seconds = time.perf_counter() - started
    started = time.perf_counter()
    try:
        idata = nutpie.sample(
            compiled,
            draws=settings.draws,
            tune=settings.tune,
            chains=settings.chains,
            cores=usable_cores(settings),
            seed=settings.seed,
            target_accept=settings.target_accept,
            maxdepth=settings.max_treedepth,
            save_warmup=False,
            progress_bar=progress,
        )
    except RuntimeError as error:
        raise SamplingError(f"nutpie stopped: {error}") from error
    return idata, {
        "nutpie": nutpie.__version__,
        "compile_seconds": compile_seconds,
        "sampling_seconds": time.perf_counter() - started,
    }


def _sample_nuts(
    model: pm.Model, spec: ModelSpec, settings: SamplerSettings, progress: bool
) -> tuple[az.InferenceData, dict[str, str | float]]:
    started = time.perf_counter()
    try:
        with quiet("pymc"), model:
            idata = pm.sample(
                draws=settings.draws,
                tune=settings.tune,
                chains=settings.chains,
                cores=usable_cores(settings),
                random_seed=settings.seed,
                target_accept=settings.target_accept,
                var_names=list(spec.parameter_names),
                nuts={"max_treedepth": settings.max_treedepth},
                progressbar=progress,
                compute_convergence_checks=False,
            )
    except (pm.exceptions.SamplingError, RuntimeError) as error:
        raise SamplingError(f"PyMC stopped: {error}") from error
    return idata, {"sampling_seconds": time.perf_counter() - started}


def _draw_prior(
    model: pm.Model, spec: ModelSpec, draws: int, seed: int
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Draws from the prior; none where a prior is flat and so cannot be drawn from."""
    if any(isinstance(rv.owner.op, _IMPROPER) for rv in model.free_RVs):
        return {}, {}
    drawn = pm.sample_prior_predictive(draws, model=model, random_seed=seed)
    # a part of the observed variable is among the prior's variables
    arrays = {**drawn.prior.data_vars, **drawn.prior_predictive.data_vars}
    prior = {name: arrays[name].to_numpy() for name in spec.parameter_names}
    return prior, {name: arrays[name].to_numpy() for name in spec.outcomes}


_IMPROPER = (type(pm.Flat.rv_op), type(pm.HalfFlat.rv_op))


def usable_cores(settings: SamplerSettings) -> int:
    """Chains to run at once: as many as this process may use cores, if there are as many."""
    return min(
        settings.chains,
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
    )


@contextmanager
def quiet(name: str) -> Iterator[None]:
    """Keep a library's notes about its routine steps out of the caller's page."""
    logger = logging.getLogger(name)
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)
