"""Known standard errors, effects from one normal distribution, non-centred, in NumPy."""

from hierarchical_models.generative import (
    GenerativeModel,
    draw_normal,
    draw_spread,
    normal_log_likelihood,
)


def draw_parameters(data, hyper, random):
    """Draw from the prior; see `GenerativeModel`."""
    mu = random.normal(hyper["mu_mean"], hyper["mu_scale"])
    tau = draw_spread(hyper, random)
    theta = random.normal(mu, tau, data["n_groups"])
    return {
        "mu": mu,
        "tau": tau,
        "theta_raw": (theta - mu) / tau,
        "theta": theta,
    }


MODEL = GenerativeModel(
    draw_parameters=draw_parameters,
    draw_outcome=draw_normal,
    log_likelihood=normal_log_likelihood,
    # half-Cauchy draws of tau, so large that groups do not inform each other,
    # are slow to fit and teach little
    design={"sigma": [2.0, 3.0, 5.0, 10.0, 15.0]},
    hyperparameters={"tau_prior": "half_normal"},
)
