"""The PyMC and the Stan program of each model are one model: same density, same support, same shapes."""

from __future__ import annotations

import numpy as np
import pytest

from hierarchical_models import (
    check_log_density,
    compare_fits,
    draws_as_points,
    fit,
    get_model,
    list_models,
)
from hierarchical_models.agreement import LogDensityCheck
from tests.models.cases import Case, all_cases

CASES = all_cases()
ANY_PROBLEM = tuple(
    f"{kind}: the density and not the draws is tested here"
    for kind in ("divergences", "rhat", "ess", "ebfmi")
)
TOLERANCE = 1e-6


def fit_case(case: Case, backend: str):
    """The fit of a case that all tests of its draws look at."""
    return fit(
        case.model,
        case.data,
        backend=backend,
        hyperparameters=case.hyperparameters,
        seed=20,
        expect=ANY_PROBLEM,
    )


def _fits(case: Case):
    return {backend: fit_case(case, backend) for backend in ("pymc", "stan")}


def test_every_model_has_a_case():
    assert {case.model for case in CASES} == set(list_models())


@pytest.fixture(scope="module")
def densities():
    """Both log densities of a case at draws, inside and outside; each program is compiled once."""
    known: dict[str, dict[str, LogDensityCheck]] = {}

    def of(case):
        if str(case) not in known:
            idata = fit_case(case, "stan")
            points = {
                "draws": draws_as_points(case.model, idata, 100),
                "inside": case.inside,
                "outside": case.outside,
            }
            found = check_log_density(
                case.model,
                case.data,
                [point for some in points.values() for point in some],
                hyperparameters=case.hyperparameters,
            )
            ends = np.cumsum([len(some) for some in points.values()])[:-1]
            parts = zip(np.split(found.pymc, ends), np.split(found.stan, ends), strict=True)
            known[str(case)] = {
                place: LogDensityCheck(pymc=pymc, stan=stan)
                for place, (pymc, stan) in zip(points, parts, strict=True)
            }
        return known[str(case)]

    return of


@pytest.mark.parametrize("case", CASES, ids=str)
def test_log_densities_differ_by_a_constant_over_draws(densities, case):
    found = densities(case)["draws"]
    assert len(found.pymc) == len(found.stan) == 100
    assert np.isfinite(found.pymc).all() and np.isfinite(found.stan).all()
    assert found.spread < TOLERANCE


@pytest.mark.parametrize("case", CASES, ids=str)
def test_log_densities_differ_by_a_constant_at_the_edges_of_the_support(densities, case):
    found = densities(case)["inside"]
    assert len(found.pymc) == len(found.stan) == len(case.inside)
    assert np.isfinite(found.pymc).all() and np.isfinite(found.stan).all()
    assert found.spread < TOLERANCE


@pytest.mark.parametrize("case", CASES, ids=str)
def test_both_refuse_points_outside_the_support(densities, case):
    found = densities(case)["outside"]
    assert len(found.pymc) == len(found.stan) == len(case.outside) > 0
    assert np.isneginf(found.pymc).all()
    assert np.isneginf(found.stan).all()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_backends_return_the_same_groups_names_dims_and_types(case):
    fits = _fits(case)
    described = {
        backend: {
            (group, name): (values.dims, values.shape, values.dtype)
            for group in idata.groups()
            for name, values in idata[group].items()
        }
        for backend, idata in fits.items()
    }
    assert described["pymc"] == described["stan"]
    named = {name for group, name in described["pymc"] if group == "posterior"}
    assert named == set(get_model(case.model).parameter_names)


@pytest.mark.draws
@pytest.mark.parametrize("case", [case for case in CASES if "_centred" not in case.model], ids=str)
def test_posterior_means_agree_within_four_monte_carlo_errors(case):
    fits = _fits(case)
    table = compare_fits(fits["pymc"], fits["stan"], get_model(case.model).parameter_names)
    assert table["difference_in_mcse"].abs().max() < 4


@pytest.mark.draws
@pytest.mark.parametrize("case", [case for case in CASES if not case.is_improper], ids=str)
def test_prior_draws_of_the_backends_have_one_distribution(case):
    from scipy.stats import ks_2samp

    fits = _fits(case)
    compared = 0
    for name in get_model(case.model).parameter_names:
        pymc, stan = (
            idata.prior[name].to_numpy().reshape(idata.prior.sizes["draw"], -1)[:, 0]
            for idata in (fits["pymc"], fits["stan"])
        )
        assert ks_2samp(pymc, stan).pvalue > 1e-4, name
        compared += 1
    assert compared == len(get_model(case.model).parameter_names)


@pytest.mark.parametrize("case", [case for case in CASES if case.is_improper], ids=str)
def test_flat_prior_has_no_prior_draws(case):
    for idata in _fits(case).values():
        assert not {"prior", "prior_predictive"} & set(idata.groups())


def test_a_different_prior_in_one_program_is_caught():
    case = next(case for case in CASES if case.model == "binomial_partial")
    from hierarchical_models import log_density

    spec = get_model(case.model)
    right = log_density(spec, case.data, case.inside, backend="stan")
    wrong = log_density(
        spec, case.data, case.inside, backend="pymc", hyperparameters={"alpha_rate": 1.1}
    )
    assert np.ptp(right - wrong) > TOLERANCE
