"""Studies of calibration kept by content, in the store of fits: some hundred fits each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import arviz as az
import numpy as np
import xarray as xr

from hierarchical_models.digests import digest, digest_ingredients
from hierarchical_models.fit_store import OWN_FOLDER, fit_key, load_or_sample, stan_version
from hierarchical_models.inputs import ModelInputs
from hierarchical_models.registry import ModelSpec
from hierarchical_models.settings import StudySettings

MODULES = ("calibration.py", "generative.py", "quick_stan.py")
"""Files of this package that shape a study, beside those that shape a fit."""
LINEAR = "linear_numpy.py"
"""What the models' NumPy forms share; it lies beside the models."""

Arrays = dict[str, np.ndarray]


def load_or_study(
    spec: ModelSpec,
    inputs: ModelInputs,
    hyper: Mapping[str, Any],
    settings: StudySettings,
    study: Callable[[], tuple[Arrays, Arrays]],
) -> tuple[Arrays, Arrays]:
    """Take the arrays of a study from the store, or make the study and keep them there.

    Parameters
    ----------
    spec : ModelSpec
        The model; its specification, its Stan program and its NumPy form are part of the key.
    inputs : ModelInputs
        The design of the study.
    hyper : mapping of str to float or str
        Every hyperparameter of the prior that truths are drawn from.
    settings : StudySettings
        What else the study depends on.
    study : callable
        Makes the study: ranks by parameter, shape (n_simulations, ...), and what is known of each
        fit, shape (n_simulations,).

    Returns
    -------
    ranks, fits : dict of str to ndarray
        As `study` gives them.
    """

    def sample() -> az.InferenceData:
        ranks, fits = study()
        return az.InferenceData(ranks=_dataset(ranks), fits=_dataset(fits))

    _, ingredients = fit_key(spec, inputs, hyper, settings, stan_version())
    files = [
        *(OWN_FOLDER / name for name in MODULES),
        OWN_FOLDER / "models" / LINEAR,
        spec.folder / "numpy_model.py",
    ]
    ingredients["study"] = {path.name: digest(path.read_bytes()) for path in files}
    idata = load_or_sample(digest_ingredients(ingredients), ingredients, sample)
    return _arrays(idata["ranks"]), _arrays(idata["fits"])


def _dataset(arrays: Mapping[str, np.ndarray]) -> xr.Dataset:
    return xr.Dataset(
        {
            name: (("simulation", *(f"{name}_dim_{k}" for k in range(values.ndim - 1))), values)
            for name, values in arrays.items()
        }
    )


def _arrays(group: xr.Dataset) -> Arrays:
    return {str(name): values.to_numpy() for name, values in group.data_vars.items()}
