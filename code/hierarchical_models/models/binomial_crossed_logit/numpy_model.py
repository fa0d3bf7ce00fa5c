"""Binomial outcomes in cells of two crossed factors, in NumPy."""

from scipy.special import expit

from hierarchical_models.generative import (
    GenerativeModel,
    binomial_log_likelihood,
    draw_binomial,
    draw_half_normal,
)


def draw_parameters(data, hyper, random):
    """Draw from the prior; see `GenerativeModel`."""
    intercept = random.normal(
        hyper["intercept_mean"], hyper["intercept_scale"]
    )
    sigma_a = draw_half_normal(hyper["sigma_a_scale"], random)
    sigma_b = draw_half_normal(hyper["sigma_b_scale"], random)
    a = random.normal(0, sigma_a, data["n_a_levels"])
    b = random.normal(0, sigma_b, data["n_b_levels"])
    eta = intercept + a[data["factor_a"]] + b[data["factor_b"]]
    return {
        "intercept": intercept,
        "sigma_a": sigma_a,
        "sigma_b": sigma_b,
        "a": a,
        "b": b,
        "intercept_adj": intercept + a.mean() + b.mean(),
        "a_adj": a - a.mean(),
        "b_adj": b - b.mean(),
        "theta": expit(eta),
    }


MODEL = GenerativeModel(
    draw_parameters=draw_parameters,
    draw_outcome=draw_binomial,
    log_likelihood=binomial_log_likelihood,
    design={
        "n": [10, 20, 5, 40, 15],
        "factor_a": [0, 0, 0, 1, 1],
        "factor_b": [0, 1, 2, 0, 1],
    },
    hyperparameters={},
)
