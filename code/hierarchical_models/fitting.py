"""One way to fit any model of the course with either backend."""

from __future__ import annotations

import json
import secrets
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

import arviz as az

from hierarchical_models.fit_reports import changed_hyperparameters
from hierarchical_models.fit_store import fit_key, stan_version
from hierarchical_models.gate import draw_and_check
from hierarchical_models.inference_data import build_inference_data
from hierarchical_models.inputs import DataLike, ModelInputs, prepare_inputs
from hierarchical_models.names import unknown_name
from hierarchical_models.registry import ModelSpec, get_model
from hierarchical_models.settings import BACKENDS, SAMPLERS, SamplerSettings


def fit(
    model: ModelSpec | str,
    data: DataLike,
    *,
    backend: str = "pymc",
    hyperparameters: Mapping[str, Any] | None = None,
    seed: int | None = None,
    chains: int = 4,
    draws: int = 1000,
    tune: int = 1000,
    target_accept: float = 0.95,
    max_treedepth: int = 10,
    sampler: str | None = None,
    extend: int = 4,
    expect: str | Iterable[str] | None = None,
    store: bool = True,
    progress: bool | None = None,
) -> az.InferenceData:
    """Draw from the posterior of a model.

    Parameters
    ----------
    model : ModelSpec or str
        The model, or its name.
    data : Dataset, ModelData, mapping of str to array, or DataFrame
        At least the fields that the model reads, by its names for them.
    backend : {"pymc", "stan"}
        Which of the model's two programs to run.
    hyperparameters : mapping of str to number or str, optional
        Those that differ from the model's defaults.
    seed : int, optional
        Makes the fit repeatable bit for bit on one machine; without it a new one is drawn and
        kept in the result's attributes.
    chains, draws, tune : int
        Number of chains, and of kept and of warm-up draws in each.
    target_accept : float
        Acceptance rate that the step size is tuned to. Hierarchical models have narrow corners, so
        the default asks for smaller steps than the samplers' own 0.8.
    max_treedepth : int
        Largest depth of a trajectory's tree.
    sampler : str, optional
        For PyMC models ``"nutpie"`` (the default) or ``"pymc"``.
    extend : int
        How many times as many draws may be made where the only fault of a fit is that its draws
        are worth too few: how far chains get differs from one kind of processor to the next, and
        a page should not fail for that. 1 for never. A run of fewer than 2,000 draws in all is
        taken to be short on purpose and is not extended.
    expect : str or iterable of str, optional
        Problems that are part of a lesson, as ``"kind: reason"`` with kind ``divergences``,
        ``rhat``, ``ess`` or ``ebfmi``.
    store : bool
        Whether to look in the store of fits first, and to keep this one there.
    progress : bool, optional
        Whether to show progress; by default where a terminal is attached.

    Returns
    -------
    arviz.InferenceData
        Groups posterior, sample_stats, posterior_predictive, log_likelihood, observed_data,
        constant_data, and prior and prior_predictive where the prior is proper; the same names
        and dims from either backend. Predicted measurements have seven digits; of data sets from
        the prior, at most 1,000 are kept, with the number of their draw. Attributes of the
        posterior: model, backend, sampler, seed, hyperparameters, diagnostics, versions and times,
        and, where the fit was extended, in ``extended_because`` what was wrong with the shorter
        one.

    Raises
    ------
    UnknownNameError
        For an unknown model, backend, sampler or hyperparameter.
    ModelDataError, HyperparameterError
        For data or constants that do not fit the model.
    DiagnosticsError
        For draws that cannot be trusted, unless expected.
    SamplingError
        If the sampler itself stops.

    Examples
    --------
    >>> idata = fit("binomial_pooled", {"y": [3, 5], "n": 10}, seed=1)
    >>> sorted(idata.posterior.data_vars)
    ['theta']
    """
    spec = get_model(model) if isinstance(model, str) else model
    if backend not in BACKENDS:
        raise unknown_name("backend", backend, BACKENDS)
    sampler = sampler or SAMPLERS[backend][0]
    if sampler not in SAMPLERS[backend]:
        raise unknown_name(f"sampler of backend {backend!r}", sampler, SAMPLERS[backend])
    hyper = spec.resolve_hyperparameters(hyperparameters)
    inputs = prepare_inputs(spec, data)
    settings = SamplerSettings(
        sampler=sampler,
        seed=secrets.randbelow(2**31 - 1) if seed is None else seed,
        chains=chains,
        draws=draws,
        tune=tune,
        target_accept=target_accept,
        max_treedepth=max_treedepth,
    )
    show = sys.stderr.isatty() if progress is None else progress

    return draw_and_check(
        lambda settings: _sample(spec, inputs, hyper, settings, backend, show),
        lambda settings: fit_key(
            spec, inputs, hyper, settings, stan_version() if backend == "stan" else None
        ),
        settings,
        is_stored=store and seed is not None,
        model=spec.name,
        where=f"{spec.name} ({backend})",
        changed=changed_hyperparameters(spec, hyper),
        extend=extend,
        expect=expect,
    )


def _sample(
    spec: ModelSpec,
    inputs: ModelInputs,
    hyper: Mapping[str, Any],
    settings: SamplerSettings,
    backend: str,
    progress: bool,
) -> az.InferenceData:
    # the backends' libraries take seconds to import, and only one may be installed
    if backend == "stan":
        from hierarchical_models.backends.stan_backend import sample_stan as draw
    else:
        from hierarchical_models.backends.pymc_backend import sample_pymc as draw
    raw = draw(spec, inputs, hyper, settings, progress)
    idata = build_inference_data(spec, inputs, raw)
    idata.posterior.attrs = {
        "model": spec.name,
        "backend": backend,
        "hyperparameters": json.dumps(hyper),
        **asdict(settings),
        **raw.attrs,
    }
    return idata
