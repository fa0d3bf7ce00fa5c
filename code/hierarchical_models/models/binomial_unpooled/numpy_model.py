"""Binomial outcomes, an unrelated probability for each group, in NumPy."""

from hierarchical_models.generative import (
    GenerativeModel,
    binomial_log_likelihood,
    draw_binomial,
)


def draw_parameters(data, hyper, random):
    """Draw from the prior; see `GenerativeModel`."""
    return {
        "theta": random.beta(hyper["alpha"], hyper["beta"], data["n_groups"])
    }


MODEL = GenerativeModel(
    draw_parameters=draw_parameters,
    draw_outcome=draw_binomial,
    log_likelihood=binomial_log_likelihood,
    design={"n": [5, 10, 20]},
    hyperparameters={},
)
