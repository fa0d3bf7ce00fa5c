"""What `fit` promises, whichever backend runs."""

from __future__ import annotations

import json
import threading
import time

import numpy as np
import psutil
import pytest

from hierarchical_models import (
    DiagnosticsError,
    ModelData,
    ModelDataError,
    SamplingError,
    UnknownNameError,
    diagnostics,
    fit,
)
from tests.models.cases import EIGHT_SCHOOLS, TRIALS

BACKENDS = ("pymc", "stan")
QUICK = {"draws": 100, "tune": 200, "chains": 2, "expect": ("ess: few draws", "rhat: few draws")}


@pytest.mark.parametrize("backend", BACKENDS)
def test_same_seed_repeats_a_fit_bit_for_bit(backend):
    runs = [
        fit("binomial_partial", TRIALS, backend=backend, seed=5, store=False, **QUICK)
        for _ in range(2)
    ]
    for group in ("posterior", "prior", "posterior_predictive", "prior_predictive"):
        for name in runs[0][group].data_vars:
            np.testing.assert_array_equal(runs[0][group][name], runs[1][group][name])


@pytest.mark.parametrize("backend", BACKENDS)
def test_another_seed_gives_other_draws(backend):
    one, other = (
        fit("binomial_pooled", TRIALS, backend=backend, seed=seed, store=False, **QUICK)
        for seed in (5, 6)
    )
    assert (one.posterior["theta"].to_numpy() != other.posterior["theta"].to_numpy()).all()


@pytest.mark.parametrize("backend", BACKENDS)
def test_dimensions_carry_the_readers_names_and_labels(backend):
    data = ModelData(
        {"y": [1, 2], "n": 5}, dims={"group": "player"}, coords={"player": ("Ann", "Bo")}
    )
    idata = fit("binomial_partial", data, backend=backend, seed=5, **QUICK)
    assert idata.posterior["theta"].dims == ("chain", "draw", "player")
    assert idata.posterior["player"].to_numpy().tolist() == ["Ann", "Bo"]
    assert idata.observed_data["y"].sel(player="Bo").item() == 2
    assert idata.constant_data["n"].sel(player="Bo").item() == 5
    assert idata.log_likelihood["y"].sizes == idata.posterior["theta"].sizes


@pytest.mark.parametrize("backend", BACKENDS)
def test_fit_carries_its_settings_and_diagnostics(backend):
    idata = fit(
        "binomial_pooled", TRIALS, backend=backend, hyperparameters={"alpha": 3}, seed=5, **QUICK
    )
    attrs = idata.posterior.attrs
    assert (attrs["model"], attrs["backend"], attrs["seed"]) == ("binomial_pooled", backend, 5)
    assert json.loads(attrs["hyperparameters"]) == {"alpha": 3.0, "beta": 2.0}
    assert json.loads(attrs["diagnostics"])["n_draws"] == 200
    assert json.loads(attrs["expected_problems"]) == {"ess": "few draws", "rhat": "few draws"}


@pytest.mark.parametrize("backend", BACKENDS)
def test_centred_eight_schools_do_not_pass_the_gate(backend):
    with pytest.raises(
        DiagnosticsError, match=r"(?s)normal_partial_centred \(.*\).*divergences: \d+ of"
    ):
        fit("normal_partial_centred", EIGHT_SCHOOLS, backend=backend, seed=1)


@pytest.mark.parametrize("backend", BACKENDS)
def test_expected_divergences_pass_the_gate_and_are_kept(backend):
    idata = fit(
        "normal_partial_centred",
        EIGHT_SCHOOLS,
        backend=backend,
        seed=1,
        expect=[f"{kind}: the funnel" for kind in ("divergences", "ess", "rhat", "ebfmi")],
    )
    assert json.loads(idata.posterior.attrs["diagnostics"])["n_divergences"] > 0


@pytest.mark.parametrize("backend", BACKENDS)
def test_log_likelihood_is_that_of_the_draws(backend):
    from scipy.stats import norm

    idata = fit("normal_partial_noncentred", EIGHT_SCHOOLS, backend=backend, seed=1)
    expected = norm.logpdf(
        EIGHT_SCHOOLS["y"], idata.posterior["theta"].to_numpy(), EIGHT_SCHOOLS["sigma"]
    )
    np.testing.assert_allclose(idata.log_likelihood["y"].to_numpy(), expected, rtol=1e-9)


@pytest.mark.draws
@pytest.mark.parametrize("backend", BACKENDS)
def test_predictions_follow_the_model(backend):
    idata = fit("normal_partial_noncentred", EIGHT_SCHOOLS, backend=backend, seed=1)
    error = idata.posterior_predictive["y"].to_numpy() - idata.posterior["theta"].to_numpy()
    standardised = error / EIGHT_SCHOOLS["sigma"]
    n = standardised.size
    assert abs(standardised.mean()) < 4 / np.sqrt(n)
    assert abs(standardised.std() - 1) < 4 / np.sqrt(2 * n)


@pytest.mark.draws
def test_pymcs_own_sampler_finds_the_same_posterior():
    nutpie, pymc = (
        fit("binomial_pooled", TRIALS, sampler=sampler, seed=5) for sampler in ("nutpie", "pymc")
    )
    assert pymc.posterior.attrs["sampler"] == "pymc"
    means = [idata.posterior["theta"].mean().item() for idata in (nutpie, pymc)]
    sd = nutpie.posterior["theta"].std().item()
    assert abs(means[0] - means[1]) < 4 * sd * np.sqrt(2 / 1000)
    assert set(nutpie.sample_stats.data_vars) == set(pymc.sample_stats.data_vars)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"backend": "jags"}, "backend: found 'jags', allowed pymc, stan"),
        ({"backend": "stan", "sampler": "nutpie"}, "sampler of backend 'stan': found 'nutpie'"),
        ({"hyperparameters": {"aleph": 1}}, "hyperparameter of binomial_pooled: found 'aleph'"),
    ],
)
def test_unknown_names_are_refused(arguments, message):
    with pytest.raises(UnknownNameError, match=message):
        fit("binomial_pooled", TRIALS, seed=1, **arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"seed": -1}, "seed: found -1, allowed whole numbers from 0"),
        ({"seed": 1, "chains": 0}, "chains: found 0, allowed whole numbers from 1"),
        ({"seed": 1, "draws": 2.5}, "draws: found 2.5, allowed whole numbers"),
        (
            {"seed": 1, "target_accept": 1},
            "target_accept: found 1, allowed numbers between 0 and 1",
        ),
        ({"seed": 1, "expect": "funnels are fun"}, 'expect: found .*allowed "kind: reason"'),
    ],
)
def test_settings_out_of_range_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        fit("binomial_pooled", TRIALS, **arguments)


@pytest.mark.parametrize("backend", BACKENDS)
def test_misfitting_data_give_the_same_error_from_both_backends(backend):
    with pytest.raises(ModelDataError, match=r"^y\[1\]: found 9, allowed from 0 to 5 \(n\[1\]\)$"):
        fit("binomial_partial", {"y": [1, 9], "n": [5, 5]}, backend=backend, seed=1)


@pytest.mark.parametrize("backend", BACKENDS)
def test_fit_whose_draws_are_worth_too_few_is_extended_unless_that_is_not_wanted(
    backend, monkeypatch
):
    arguments = {"backend": backend, "seed": 3}
    first = fit("normal_unpooled", EIGHT_SCHOOLS, **arguments)
    found = json.loads(first.posterior.attrs["diagnostics"])
    monkeypatch.setattr(diagnostics, "MIN_ESS", 1.1 * found["min_ess_tail"])
    longer = fit("normal_unpooled", EIGHT_SCHOOLS, **arguments)
    assert longer.posterior.sizes["draw"] == longer.posterior.attrs["draws"] == 2000
    assert "tail ESS of theta" in longer.posterior.attrs["extended_because"]
    assert "extended_because" not in first.posterior.attrs
    with pytest.raises(DiagnosticsError, match="tail ESS of theta"):
        fit("normal_unpooled", EIGHT_SCHOOLS, **arguments, extend=1)
    expected = fit("normal_unpooled", EIGHT_SCHOOLS, **arguments, expect="ess: to see the gate")
    assert expected.posterior.sizes["draw"] == 1000


@pytest.mark.parametrize("extend", [0, -1, 1.5, True])
def test_extension_out_of_range_is_refused(extend):
    with pytest.raises(ValueError, match="extend: found .*, allowed whole numbers from 1"):
        fit("normal_unpooled", EIGHT_SCHOOLS, seed=1, extend=extend)


def end_cmdstan() -> None:
    """Kill the first chain of CmdStan that this process starts."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        for process in psutil.Process().children(recursive=True):
            try:
                if "method=sample" in process.cmdline() and "id=1" in process.cmdline():
                    process.kill()
                    return
            except psutil.Error:
                continue
        time.sleep(0.01)


def test_a_chain_of_cmdstan_that_is_killed_is_named_and_the_next_fit_is_right(empty_store):
    settings = {"backend": "stan", "seed": 4, "chains": 2, "draws": 20_000}
    killer = threading.Thread(target=end_cmdstan)
    killer.start()
    with pytest.raises(SamplingError, match="chain 1 by SIGKILL; nothing was stored"):
        fit("normal_partial_noncentred", EIGHT_SCHOOLS, **settings)
    killer.join()
    assert not list(empty_store.rglob("*.npz"))
    again = fit("normal_partial_noncentred", EIGHT_SCHOOLS, **settings)
    assert again.posterior.sizes["draw"] == 20_000
