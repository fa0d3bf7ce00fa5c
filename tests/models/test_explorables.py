"""Charts with controls: what Vega computes from their formulas, against the exact answers."""

from __future__ import annotations

import re

import numpy as np
import pytest

from hierarchical_models import datasets, exact, explorables
from hierarchical_models.explorables.frame import MIME_TYPE
from hierarchical_models.explorables.funnel import ERRORS, N_BANDS, draw_effects
from hierarchical_models.explorables.spread_prior import LOG_PRIORS, UNSCALED
from hierarchical_models.shrinkage import shrinkage_weight
from lessonbook.charts import draw_still, find_controls, is_chart

FRAME = datasets.load("eight_schools").frame
Y, SIGMA = (FRAME[name].to_numpy(float) for name in ("effect", "standard_error"))
NAMES = list(FRAME["school"])
NUMBER = re.compile(r"[-−]?\d+(?:\.\d+)?")


def numbers_said(chart, **values):
    """The numbers in what a chart says when its controls have been moved."""
    params = [{**one, "value": values.get(one["name"], one["value"])} for one in chart["params"]]
    assert values.keys() <= {one["name"] for one in params}
    words = draw_still({**chart, "params": params}).says
    return [float(number.replace("−", "-")) for number in NUMBER.findall(words)]


@pytest.fixture(scope="module")
def shrinkage():
    return explorables.shrinkage(Y, SIGMA, NAMES).to_dict()


@pytest.fixture(scope="module")
def spread_prior():
    return explorables.spread_prior(Y, SIGMA).to_dict()


@pytest.fixture(scope="module")
def funnel():
    return explorables.funnel(Y, SIGMA, seed=3).to_dict()


@pytest.mark.parametrize("tau", [0, 0.5, 10, 40])
@pytest.mark.parametrize("size", [0.25, 1, 16])
def test_pooled_estimates_are_the_exact_ones(shrinkage, tau, size):
    sigma = SIGMA / np.sqrt(size)
    given = exact.normal_partial_posterior(Y, sigma).conditional([tau])
    weight = 100 * shrinkage_weight(tau, sigma)
    said = numbers_said(shrinkage, tau=tau, size=size)
    # without the spread and, where it is not the real one, the size of the trials
    wanted = [weight[0], 28, given.theta_mean[0, 0], weight.min(), weight.max(), given.mu_mean[0]]
    tolerance = [0.51, 0, 0.051, 0.51, 0.51, 0.051]
    assert said[0] == tau
    assert np.all(np.abs(np.array(said[-6:]) - wanted) <= tolerance)


def test_each_point_is_described_by_its_own_numbers(shrinkage):
    svg = draw_still(shrinkage).svg
    given = exact.normal_partial_posterior(Y, SIGMA).conditional([10]).theta_mean[0]
    for name, own, pooled in zip(NAMES, Y, given, strict=True):
        own_text = f"{own:.0f}".replace("-", "−")
        assert f"{name}, own data only: {own_text}, with pooling: {pooled:.1f}" in svg


CHOICES = [(family, 5) for family in LOG_PRIORS] + [("half-normal", 1), ("exponential", 50)]


@pytest.mark.parametrize("groups", [3, 8])
@pytest.mark.parametrize(("family", "scale"), CHOICES)
def test_posterior_of_the_spread_is_the_exact_one(spread_prior, family, scale, groups):
    prior = family.partition("(")[0].replace("-", "_").lower()
    posterior = exact.normal_partial_posterior(
        Y[:groups], SIGMA[:groups], tau_prior=prior, tau_scale=scale
    )
    said = numbers_said(spread_prior, family=family, scale=scale, groups=groups)
    assert said[0] == groups
    assert (scale in said[1:-3]) == (family not in UNSCALED)
    median, effect, own = said[-3:]
    # two significant digits are said
    assert median == pytest.approx(posterior.tau_quantile([0.5])[0], rel=0.052)
    assert effect == pytest.approx(posterior.theta_mean[0], abs=0.07)
    assert own == 28


@pytest.mark.parametrize("form", [0, 0.25, 1])
@pytest.mark.parametrize("scale", list(ERRORS.values()))
def test_widths_and_correlation_of_the_funnel_are_those_of_the_draws(funnel, form, scale):
    distance, tau = draw_effects(Y, SIGMA * scale, 400, seed=3)
    coordinate = distance / tau**form
    widths = coordinate.reshape(N_BANDS, -1).std(axis=1)
    ratio, correlation = numbers_said(funnel, form=form, errors=scale)[-2:]
    assert ratio == pytest.approx(widths.max() / widths.min(), rel=0.01, abs=0.06)
    expected = np.corrcoef(np.log(tau), coordinate)[0, 1]
    assert correlation == pytest.approx(expected, abs=0.006)


@pytest.mark.draws
def test_draws_of_the_funnel_are_of_the_posterior():
    distance, tau = draw_effects(Y, SIGMA, 40_000, seed=5)
    posterior = exact.normal_partial_posterior(Y, SIGMA)
    assert np.median(tau) == pytest.approx(posterior.tau_quantile([0.5])[0], rel=1e-3)
    expected = posterior.theta_mean[0] - posterior.mu_mean
    assert distance.mean() == pytest.approx(expected, abs=4 * distance.std() / 200)


def test_little_data_suits_the_non_centred_form_and_much_the_centred(funnel):
    assert numbers_said(funnel, form=0)[-2] > 8
    assert numbers_said(funnel, form=1)[-2] < 2
    assert abs(numbers_said(funnel, form=1, errors=0.1)[-1]) > 0.6
    assert abs(numbers_said(funnel, form=0.25, errors=0.1)[-1]) < 0.2


@pytest.mark.parametrize(
    "made",
    [
        explorables.shrinkage(Y, SIGMA, NAMES),
        explorables.spread_prior(Y, SIGMA),
        explorables.funnel(Y, SIGMA),
    ],
    ids=["shrinkage", "spread prior", "funnel"],
)
def test_a_chart_is_for_pages_and_for_notebooks(made):
    bundle = made._repr_mimebundle_()
    chart = bundle[MIME_TYPE]
    assert is_chart(MIME_TYPE) and len(find_controls(chart)) >= 2
    assert all(one["bind"]["name"] for one in chart["params"])
    assert chart["width"] == "container"
    assert "vegaEmbed" in bundle["text/html"] and "</html>" not in bundle["text/html"]
    assert made._repr_mimebundle_() == bundle
