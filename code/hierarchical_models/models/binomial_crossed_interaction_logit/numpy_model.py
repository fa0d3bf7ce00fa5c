"""Binomial outcomes in cells of two crossed factors that interact, in NumPy."""

from scipy.special import expit

from hierarchical_models.generative import (
    GenerativeModel,
    binomial_log_likelihood,
    draw_binomial,
    draw_half_normal,
)


def draw_parameters(data, hyper, random):
    """Draw from the prior; see `GenerativeModel`."""
    shape = data["n_a_levels"], data["n_b_levels"]
    intercept = random.normal(
        hyper["intercept_mean"], hyper["intercept_scale"]
    )
    sigma_a = draw_half_normal(hyper["sigma_a_scale"], random)
    sigma_b = draw_half_normal(hyper["sigma_b_scale"], random)
    sigma_ab = draw_half_normal(hyper["sigma_ab_scale"], random)
    a = random.normal(0, sigma_a, shape[0])
    b = random.normal(0, sigma_b, shape[1])
    ab = random.normal(0, sigma_ab, shape)
    eta = intercept + a[:, None] + b + ab
    return {
        "intercept": intercept,
        "sigma_a": sigma_a,
        "sigma_b": sigma_b,
        "sigma_ab": sigma_ab,
        "a": a,
        "b": b,
        "ab": ab,
        "eta": eta,
        "intercept_adj": eta.mean(),
        "a_adj": eta.mean(axis=1) - eta.mean(),
        "b_adj": eta.mean(axis=0) - eta.mean(),
        "theta": expit(eta)[data["factor_a"], data["factor_b"]],
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
