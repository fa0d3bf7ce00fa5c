"""Many short fits of one compiled Stan program, one chain each, for calibration."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import arviz as az
import cmdstanpy
import numpy as np
import pandas as pd

from hierarchical_models.backends.stan_backend import stan_data
from hierarchical_models.errors import SamplingError
from hierarchical_models.inputs import ModelInputs
from hierarchical_models.registry import ModelSpec

MOST_DOUBLINGS = 4


@dataclass(frozen=True)
class ThinnedDraws:
    """Draws of a posterior that are all but independent.

    Parameters
    ----------
    parameters : mapping of str to ndarray, shape (n_draws, ...)
        By the names of the specification.
    n_divergences : int
        Of the chain that they were thinned from.
    effective_draws : float
        Smallest effective number of draws of that chain over the parameters.
    """

    parameters: Mapping[str, np.ndarray]
    n_divergences: int = 0
    effective_draws: float = float("inf")


@dataclass(frozen=True)
class QuickStan:
    """A compiled program that is run again and again on data of one shape.

    Parameters
    ----------
    spec : ModelSpec
        The model.
    executable : pathlib.Path
        Its program, from `hierarchical_models.stan_executables.compile_model`.
    hyperparameters : mapping of str to float or str
        Every one of the model's.
    tune : int
        Warm-up draws.
    thin : int
        How many draws are made for each that is kept, before any doubling.
    target_accept : float
        Acceptance rate that the step size is tuned to.
    """

    spec: ModelSpec
    executable: Path
    hyperparameters: Mapping[str, Any]
    tune: int = 500
    thin: int = 5
    target_accept: float = 0.9

    def draw(self, inputs: ModelInputs, names: tuple[str, ...], n_draws: int, seed: int):
        """Draw from the posterior, longer where the chain moves slowly.

        Parameters
        ----------
        inputs : ModelInputs
            Data of the model.
        names : tuple of str
            The parameters that are wanted.
        n_draws : int
            How many draws to keep.
        seed : int
            Of the chain, from 1.

        Returns
        -------
        ThinnedDraws
            From a chain whose length is doubled, up to four times, until it is worth `n_draws`
            independent draws for every parameter.

        Raises
        ------
        SamplingError
            If CmdStan stops, or gives values that are not numbers.
        """
        with tempfile.TemporaryDirectory(prefix="stan-quick-") as name:
            folder = Path(name)
            cmdstanpy.write_stan_json(
                str(folder / "data.json"), stan_data(self.spec, inputs, self.hyperparameters)
            )
            for doubling in range(MOST_DOUBLINGS + 1):
                thin = self.thin * 2**doubling
                table = self._run(folder, thin * n_draws, seed)
                draws = {name: self._columns(table, inputs, name) for name in names}
                effective = _effective_draws(draws)
                if effective >= n_draws:
                    break
        return ThinnedDraws(
            {name: values[thin - 1 :: thin] for name, values in draws.items()},
            int(table["divergent__"].sum()),
            effective,
        )

    def _run(self, folder: Path, n_draws: int, seed: int) -> pd.DataFrame:
        output = folder / "draws.csv"
        command = [
            str(self.executable),
            *("sample", f"num_warmup={self.tune}", f"num_samples={n_draws}"),
            *("adapt", f"delta={self.target_accept}"),
            *("random", f"seed={seed}", "data", f"file={folder / 'data.json'}"),
            *("output", f"file={output}", "refresh=0", "sig_figs=9"),
        ]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        if ran.returncode != 0:
            said = (ran.stdout + ran.stderr)[-2000:]
            raise SamplingError(f"CmdStan stopped while sampling {self.spec.name}:\n{said}")
        return pd.read_csv(output, comment="#")

    def _columns(self, table: pd.DataFrame, inputs: ModelInputs, name: str) -> np.ndarray:
        shape = tuple(inputs.sizes[dim] for dim in self.spec.dims_of(name))
        labels = [
            ".".join([name, *(str(place + 1) for place in element)])
            for element in np.ndindex(*shape)
        ]
        values = table[labels].to_numpy(dtype=float).reshape(len(table), *shape)
        if np.isnan(values).any():
            raise SamplingError(
                f"{self.spec.name}: found draws of {name} that are not numbers, allowed numbers"
            )
        return values


def _effective_draws(draws: Mapping[str, np.ndarray]) -> float:
    one_chain = az.convert_to_dataset({name: values[None] for name, values in draws.items()})
    found = az.ess(one_chain, method="bulk")
    return float(min(np.nanmin(values.to_numpy()) for values in found.data_vars.values()))
