"""Binomial outcomes, log-odds from one normal distribution, centred, in NumPy."""

from scipy.special import expit

from hierarchical_models.generative import (
    GenerativeModel,
    binomial_log_likelihood,
    draw_binomial,
    draw_half_normal,
)


def draw_parameters(data, hyper, random):
    """Draw from the prior; see `GenerativeModel`."""
    mu = random.normal(hyper["mu_mean"], hyper["mu_scale"])
    sigma = draw_half_normal(hyper["sigma_scale"], random)
    eta = random.normal(mu, sigma, data["n_groups"])
    return {
        "mu": mu,
        "sigma": sigma,
        "eta": eta,
        "theta": expit(eta),
    }


MODEL = GenerativeModel(
    draw_parameters=draw_parameters,
    draw_outcome=draw_binomial,
    log_likelihood=binomial_log_likelihood,
    # many trials: with few the funnel is in the way of this form
    design={"n": [200, 400, 800, 800, 1600]},
    hyperparameters={},
)
