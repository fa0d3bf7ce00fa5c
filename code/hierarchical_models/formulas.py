"""Fits of models that are written as formulas, kept and checked like any other fit.

`Bambi <https://bambinos.github.io/bambi>`_ turns a formula into a PyMC model. What it samples goes
the way of `hierarchical_models.fit`: through the store of fits, and through the gate.
"""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import arviz as az
import numpy as np
import pandas as pd

from hierarchical_models import compact_draws
from hierarchical_models.digests import digest_array, digest_files, digest_ingredients
from hierarchical_models.errors import SamplingError
from hierarchical_models.fit_store import library_versions
from hierarchical_models.gate import draw_and_check
from hierarchical_models.settings import SamplerSettings

SAMPLER = "nutpie"
OWN_FILES = (Path(__file__), Path(compact_draws.__file__))
"""Files of this package that shape what `fit_formula` returns."""

LIBRARIES = ("bambi", "formulae", "pandas")
"""On whose versions such a fit depends beside those of every fit."""


def fit_formula(
    formula: str,
    data: pd.DataFrame,
    *,
    family: str = "gaussian",
    priors: Mapping[str, Any] | None = None,
    seed: int | None = None,
    chains: int = 4,
    draws: int = 1000,
    tune: int = 1000,
    target_accept: float = 0.95,
    max_treedepth: int = 10,
    extend: int = 4,
    expect: str | Iterable[str] | None = None,
    store: bool = True,
    progress: bool | None = None,
) -> az.InferenceData:
    """Draw from the posterior of a model that Bambi makes of a formula.

    Parameters
    ----------
    formula : str
        In Bambi's notation, for example ``"y ~ x + (1|group)"``.
    data : pandas.DataFrame
        A row for each observation, with the columns that the formula names.
    family : str
        Distribution of the outcome, by Bambi's name for it.
    priors : mapping of str to bambi.Prior or number, optional
        For the terms that are not to have Bambi's own.
    seed, chains, draws, tune, target_accept, max_treedepth, extend, expect, store, progress
        As for `hierarchical_models.fit`.

    Returns
    -------
    arviz.InferenceData
        With Bambi's names, groups posterior, sample_stats (those of `hierarchical_models.fit`) and
        observed_data; the posterior has the same attributes as that of any other fit.

    Raises
    ------
    DiagnosticsError
        For draws that cannot be trusted, unless expected.
    SamplingError
        If the sampler itself stops.
    ValueError
        If Bambi does not take the formula, the family or a prior.

    Examples
    --------
    >>> rows = pd.DataFrame({"y": [1.0, 2.5, 2.8, 4.1, 5.3], "x": [1.0, 2.0, 3.0, 4.0, 5.0]})
    >>> idata = fit_formula("y ~ x", rows, seed=1)
    >>> sorted(idata.posterior.data_vars)
    ['Intercept', 'sigma', 'x']
    """
    settings = SamplerSettings(
        sampler=SAMPLER,
        seed=secrets.randbelow(2**31 - 1) if seed is None else seed,
        chains=chains,
        draws=draws,
        tune=tune,
        target_accept=target_accept,
        max_treedepth=max_treedepth,
    )
    show = sys.stderr.isatty() if progress is None else progress
    wanted = dict(priors or {})

    return draw_and_check(
        lambda settings: _sample(formula, data, family, wanted, settings, show),
        lambda settings: _key(formula, data, family, wanted, settings),
        settings,
        is_stored=store and seed is not None,
        model=f"{formula}, {family}",
        where=f"{formula} (Bambi)",
        extend=extend,
        expect=expect,
    )


def _key(
    formula: str,
    data: pd.DataFrame,
    family: str,
    priors: Mapping[str, Any],
    settings: SamplerSettings,
) -> tuple[str, dict[str, Any]]:
    """The key of a fit, and what it was made from; see `hierarchical_models.fit_store.fit_key`."""
    ingredients = {
        "model": "formula",
        "formula": formula,
        "family": family,
        "priors": {name: _describe(prior) for name, prior in sorted(priors.items())},
        "data": _describe_frame(data),
        "files": digest_files(OWN_FILES),
        "settings": {name: repr(value) for name, value in sorted(vars(settings).items())},
        "versions": {**library_versions(), **{name: version(name) for name in LIBRARIES}},
    }
    return digest_ingredients(ingredients), ingredients


def _sample(
    formula: str,
    data: pd.DataFrame,
    family: str,
    priors: Mapping[str, Any],
    settings: SamplerSettings,
    progress: bool,
) -> az.InferenceData:
    # seconds to import, and not needed for a fit that is in the store
    import bambi

    from hierarchical_models.backends.pymc_backend import NUTPIE_STATS, quiet, usable_cores

    model = bambi.Model(formula, data, family=family, priors=dict(priors))
    with quiet("pymc"):
        try:
            found = model.fit(
                inference_method=SAMPLER,
                draws=settings.draws,
                tune=settings.tune,
                chains=settings.chains,
                random_seed=settings.seed,
                target_accept=settings.target_accept,
                progressbar=progress,
                nuts_sampler_kwargs={
                    "maxdepth": settings.max_treedepth,
                    "cores": usable_cores(settings),
                    "save_warmup": False,
                },
            )
        except RuntimeError as error:
            raise SamplingError(f"nutpie stopped: {error}") from error
    stats = found.sample_stats[list(NUTPIE_STATS)].rename(NUTPIE_STATS)
    # on the sampler's own, unconstrained scale
    inner = [name for name in found.posterior.data_vars if str(name).endswith("__")]
    posterior = found.posterior.drop_vars(inner).assign_attrs(
        {"model": formula, "backend": "bambi", **asdict(settings), "bambi": bambi.__version__}
    )
    return az.InferenceData(
        posterior=posterior, sample_stats=stats, observed_data=found.observed_data
    )


def _describe(prior: Any) -> Any:
    """Everything of a prior, to the last digit; text of what is nothing but a number or a name."""
    if isinstance(prior, (int, float, np.ndarray)):
        return digest_array(np.asarray(prior))
    if getattr(prior, "dist", None) is not None:
        raise ValueError(
            f"priors: found {prior!r} with a distribution of its own, which no key can tell from "
            "others; allowed distributions by name; with store=False, any"
        )
    return {
        "name": prior.name,
        "auto_scale": prior.auto_scale,
        "args": {name: _describe(value) for name, value in sorted(prior.args.items())},
    }


def _describe_frame(data: pd.DataFrame) -> dict[str, list[str]]:
    return {str(name): _describe_column(column) for name, column in data.items()}


def _describe_column(column: pd.Series) -> list[str]:
    levels = column.cat.categories if isinstance(column.dtype, pd.CategoricalDtype) else ()
    values = column.to_numpy()
    return [str(column.dtype), digest_array(np.asarray(levels)), digest_array(values)]
