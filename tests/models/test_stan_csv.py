"""CmdStan's draws are read to the last bit, in the places that CmdStanPy gives them."""

from __future__ import annotations

import cmdstanpy
import numpy as np
import pytest

from hierarchical_models import get_model
from hierarchical_models.backends.stan_backend import stan_data
from hierarchical_models.backends.stan_csv import read_draws
from hierarchical_models.inputs import prepare_inputs
from hierarchical_models.stan_executables import compile_model
from tests.models.cases_linear import LINEAR

NUMBERS = [np.pi, -1e300, 5e-324, 0.1, 2.0**-1074 * 3, 123456789.123456789, -0.0, 1.0]


def test_numbers_and_those_that_are_none_are_read_to_the_last_bit(tmp_path):
    rows = [NUMBERS, [np.nan, np.inf, -np.inf, *NUMBERS[3:]]]
    lines = [",".join(f"{number:.17e}" for number in row) for row in rows]
    header = ",".join(f"theta.{place}" for place in range(1, len(NUMBERS) + 1))
    text = f"# model = a\n{header}\n# Adaptation terminated\n{lines[0]}\n{lines[1]}\n# 1 seconds\n"
    path = tmp_path / "chain.csv"
    path.write_text(text)
    found = read_draws([path, str(path)])
    assert found.shape == (2, 2, len(NUMBERS))
    for chain in found:
        np.testing.assert_array_equal(chain, rows)
        np.testing.assert_array_equal(np.signbit(chain[0]), np.signbit(NUMBERS))


@pytest.mark.parametrize("chains", [1, 3])
def test_variables_are_those_of_cmdstanpy(tmp_path, chains):
    spec = get_model("radon_varying_slope_correlated")  # with a matrix among its variables
    fit = cmdstanpy.CmdStanModel(exe_file=str(compile_model(spec.stan_file))).sample(
        data=stan_data(spec, prepare_inputs(spec, LINEAR), spec.resolve_hyperparameters({})),
        chains=chains,
        iter_warmup=50,
        iter_sampling=20,
        seed=1,
        sig_figs=18,
        show_progress=False,
        output_dir=str(tmp_path),
    )
    draws = read_draws(fit.runset.csv_files)
    for name, expected in fit.stan_variables().items():
        found = fit.metadata.stan_vars[name].extract_reshape(draws)
        assert found.shape == (chains, 20, *expected.shape[1:])
        np.testing.assert_array_equal(found.reshape(expected.shape), expected)
    for name, expected in fit.method_variables().items():
        found = fit.metadata.method_vars[name].extract_reshape(draws)
        np.testing.assert_array_equal(found, expected.T)
