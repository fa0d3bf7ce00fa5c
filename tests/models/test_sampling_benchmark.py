"""The benchmark of sampling speed compares like with like."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "sampling.py"


@pytest.fixture(scope="module")
def sampling():
    spec = importlib.util.spec_from_file_location("benchmarks_sampling", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def run(sampling, seconds, shift=0.0, repeat=1):
    """A run whose slowest parameter repeats each draw."""
    rng = np.random.default_rng(1)
    quick = rng.normal(shift, 1, (4, 500))
    slow = np.repeat(rng.normal(shift, 1, (4, 500 // repeat)), repeat, axis=1)
    return sampling.Run({"mu_beta": quick, "sigma_beta": slow}, 2.0, seconds, seconds + 3)


def test_speed_is_that_of_the_slowest_parameter_beside_the_best_direct_sampler(sampling):
    runs = {
        "fit, PyMC": [run(sampling, 99.0), run(sampling, 2.0), run(sampling, 4.0)],
        "nutpie": [run(sampling, 0.1), run(sampling, 4.0), run(sampling, 8.0)],
        "pm.sample": [run(sampling, 0.1), *[run(sampling, 4.0, repeat=5)] * 2],
    }
    table = sampling.summarise(runs)
    assert table.index.to_list() == ["fit, PyMC", "nutpie", "pm.sample"]
    assert table.loc["fit, PyMC", "of best direct"] == pytest.approx(2)
    assert table.loc["nutpie", "of best direct"] == 1
    assert table.loc["fit, PyMC", "sampling s"] == 3
    assert table.loc["fit, PyMC", "all s, warm"] == 6
    assert table.loc["pm.sample", "slowest ESS"] < table.loc["nutpie", "slowest ESS"] / 3


def test_sampler_with_another_posterior_is_reported(sampling, capsys):
    alike = {"fit, PyMC": [run(sampling, 1.0)] * 2, "nutpie": [run(sampling, 1.0)] * 2}
    assert sampling._compare_posteriors(alike) == 0
    assert capsys.readouterr().out == ""
    other = {**alike, "CmdStanPy": [run(sampling, 1.0, shift=0.5)] * 2}
    assert sampling._compare_posteriors(other) == 1
    assert capsys.readouterr().out == (
        "CmdStanPy: mean of sigma_beta is 0.493, not -0.007 as of fit\n"
    )
