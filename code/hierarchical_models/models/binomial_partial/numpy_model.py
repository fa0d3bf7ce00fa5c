"""Binomial outcomes, probabilities from one learned Beta distribution, in NumPy."""

from hierarchical_models.generative import (
    GenerativeModel,
    binomial_log_likelihood,
    draw_binomial,
)


def draw_parameters(data, hyper, random):
    """Draw from the prior; see `GenerativeModel`."""
    alpha = random.gamma(hyper["alpha_shape"]) / hyper["alpha_rate"]
    beta = random.gamma(hyper["beta_shape"]) / hyper["beta_rate"]
    return {
        "alpha": alpha,
        "beta": beta,
        "theta": random.beta(alpha, beta, data["n_groups"]),
        "phi": alpha / (alpha + beta),
        "kappa": alpha + beta,
    }


MODEL = GenerativeModel(
    draw_parameters=draw_parameters,
    draw_outcome=draw_binomial,
    log_likelihood=binomial_log_likelihood,
    design={"n": [5, 10, 20, 40, 80]},
    hyperparameters={},
)
