"""Known standard errors, effects from one normal distribution, centred, in NumPy."""

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
        "theta": theta,
    }


MODEL = GenerativeModel(
    draw_parameters=draw_parameters,
    draw_outcome=draw_normal,
    log_likelihood=normal_log_likelihood,
    # strong data, and no prior mass near 0 for tau: elsewhere the funnel is in
    # the way of this form, and calibration shows it
    design={"sigma": [1.0, 1.0, 2.0, 2.0, 3.0]},
    hyperparameters={
        "tau_prior": "inverse_gamma",
        "tau_ig_shape": 4.0,
        "tau_ig_scale": 100.0,
    },
)
