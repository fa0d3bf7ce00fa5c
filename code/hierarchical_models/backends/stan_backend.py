"""Sampling a Stan program with CmdStan."""

from __future__ import annotations

import logging
import os
import re
import signal
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import cmdstanpy
import numpy as np

from hierarchical_models import cmdstan
from hierarchical_models.backends.draws import RawDraws
from hierarchical_models.backends.stan_csv import read_draws
from hierarchical_models.errors import SamplingError
from hierarchical_models.inputs import ModelInputs
from hierarchical_models.registry import ModelSpec
from hierarchical_models.settings import SamplerSettings
from hierarchical_models.stan_executables import compile_model

STATS = {
    "lp__": "lp",
    "divergent__": "diverging",
    "energy__": "energy",
    "treedepth__": "tree_depth",
    "n_leapfrog__": "n_steps",
    "stepsize__": "step_size",
    "accept_stat__": "acceptance_rate",
}
EXACT_DIGITS = 18
"""Digits that CmdStan writes, so that reading them back loses nothing."""

_RETURN_CODES = re.compile(r"retcodes=\[(?P<codes>[-\d, ]+)\]")


def stan_data(spec: ModelSpec, inputs: ModelInputs, hyper: Mapping[str, Any]) -> dict[str, Any]:
    """The data block of a Stan program.

    Parameters
    ----------
    spec : ModelSpec
        The model.
    inputs : ModelInputs
        Its data.
    hyper : mapping of str to float or str
        Every hyperparameter; a named choice becomes its 1-based position.

    Returns
    -------
    dict
        By the names of the data block; indices are 1-based there.
    """
    fields = {
        item.name: inputs.values[item.name] + (1 if item.indexes else 0) for item in spec.data
    }
    constants = {
        item.name: item.choices.index(str(hyper[item.name])) + 1
        if item.choices
        else hyper[item.name]
        for item in spec.hyperparameters
    }
    return {**inputs.counts, **fields, **constants}


def sample_stan(
    spec: ModelSpec,
    inputs: ModelInputs,
    hyper: Mapping[str, Any],
    settings: SamplerSettings,
    progress: bool,
) -> RawDraws:
    """Draw from the posterior and the prior of a Stan program.

    Parameters
    ----------
    spec : ModelSpec
        The model.
    inputs : ModelInputs
        Its data.
    hyper : mapping of str to float or str
        Every hyperparameter.
    settings : SamplerSettings
        The sampler's settings.
    progress : bool
        Whether to show a progress bar.

    Returns
    -------
    RawDraws
        Draws by the model's names.

    Raises
    ------
    SamplingError
        If CmdStan stops or is ended; the message holds what it said, or which chain was ended
        by which signal.
    """
    started = time.perf_counter()
    executable = compile_model(spec.stan_file)
    compile_seconds = time.perf_counter() - started
    started = time.perf_counter()
    with _quiet_cmdstanpy(), tempfile.TemporaryDirectory(prefix="stan-fit-") as folder:
        model = cmdstanpy.CmdStanModel(exe_file=str(executable))
        try:
            fit = model.sample(
                data=stan_data(spec, inputs, hyper),
                chains=settings.chains,
                parallel_chains=min(settings.chains, os.cpu_count() or 1),
                iter_warmup=settings.tune,
                iter_sampling=settings.draws,
                seed=settings.seed + 1,  # CmdStan does not take 0
                adapt_delta=settings.target_accept,
                max_treedepth=settings.max_treedepth,
                sig_figs=EXACT_DIGITS,
                show_progress=progress,
                show_console=False,
                output_dir=folder,
            )
        except RuntimeError as error:
            raise SamplingError(_explain(spec, str(error))) from error
        sampling_seconds = time.perf_counter() - started
        draws = read_draws(fit.runset.csv_files)
    arrays = {name: item.extract_reshape(draws) for name, item in fit.metadata.stan_vars.items()}
    stats = {name: item.extract_reshape(draws) for name, item in fit.metadata.method_vars.items()}
    sample_stats = {ours: stats[theirs] for theirs, ours in STATS.items()}
    sample_stats["reached_max_treedepth"] = sample_stats["tree_depth"] >= settings.max_treedepth
    prior, prior_predictive = _prior(spec, arrays)
    return RawDraws(
        posterior={name: arrays[name] for name in spec.parameter_names},
        sample_stats=sample_stats,
        log_likelihood=arrays["log_lik"],
        posterior_predictive={name: arrays[f"{name}_rep"] for name in spec.outcomes},
        prior=prior,
        prior_predictive=prior_predictive,
        attrs={
            "cmdstan": ".".join(str(part) for part in cmdstan.find_cmdstan().version),
            "cmdstanpy": cmdstanpy.__version__,
            "compile_seconds": compile_seconds,
            "sampling_seconds": sampling_seconds,
        },
    )


def _explain(spec: ModelSpec, said: str) -> str:
    """Say why there are no draws, from what CmdStanPy says."""
    codes = _RETURN_CODES.search(said)
    chains = [
        f"chain {chain} by {signal.Signals(-int(code)).name}"
        for chain, code in enumerate(codes["codes"].split(",") if codes else (), start=1)
        if int(code) < 0
    ]
    if not chains:
        return f"CmdStan stopped while sampling {spec.name}: {said}"
    return (
        f"CmdStan was ended while sampling {spec.name}: {', '.join(chains)}; nothing was stored. "
        "If nobody ended it, the machine ran out of memory: free some, or take fewer chains or "
        "draws, and fit again"
    )


def _prior(
    spec: ModelSpec, arrays: Mapping[str, np.ndarray]
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """The draws that the generated quantities made from the prior, as one chain."""

    def as_one_chain(name: str) -> np.ndarray:
        values = arrays[f"prior_{name}"]
        return values.reshape(1, -1, *values.shape[2:])

    prior = {name: as_one_chain(name) for name in spec.parameter_names}
    if any(np.all(np.isnan(values)) for values in prior.values()):
        return {}, {}
    return prior, {name: as_one_chain(name) for name in spec.outcomes}


@contextmanager
def _quiet_cmdstanpy() -> Iterator[None]:
    """Keep CmdStanPy's log of its routine steps out of the caller's page."""
    logger = logging.getLogger("cmdstanpy")
    was_disabled = logger.disabled
    logger.disabled = True
    try:
        yield
    finally:
        logger.disabled = was_disabled
