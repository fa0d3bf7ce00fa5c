"""Binomial outcomes, a Beta distribution by mean and concentration, in NumPy."""

from hierarchical_models.generative import (
    GenerativeModel,
    binomial_log_likelihood,
    draw_binomial,
)


def draw_parameters(data, hyper, random):
    """Draw from the prior; see `GenerativeModel`."""
    phi = random.beta(hyper["phi_alpha"], hyper["phi_beta"])
    kappa = hyper["kappa_min"] * (1 + random.pareto(hyper["kappa_shape"]))
    alpha, beta = phi * kappa, (1 - phi) * kappa
    return {
        "phi": phi,
        "kappa": kappa,
        "theta": random.beta(alpha, beta, data["n_groups"]),
        "alpha": alpha,
        "beta": beta,
    }


MODEL = GenerativeModel(
    draw_parameters=draw_parameters,
    draw_outcome=draw_binomial,
    log_likelihood=binomial_log_likelihood,
    design={"n": [5, 10, 20, 40, 80]},
    hyperparameters={},
)
