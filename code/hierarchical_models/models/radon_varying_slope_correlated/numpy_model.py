"""Linear regression, varying intercept and slope, correlated, in NumPy."""

import numpy as np

from hierarchical_models.models.linear_numpy import (
    draw_residual_spread,
    draw_varying,
    linear_model,
)


def draw_parameters(data, hyper, random):
    """Draw from the prior; see `GenerativeModel`."""
    alpha = draw_varying("alpha", hyper, random, data["n_groups"])
    beta = draw_varying("beta", hyper, random, data["n_groups"])
    rho = 2 * random.beta(hyper["eta"], hyper["eta"]) - 1
    deviation = (
        rho * alpha["alpha_raw"] + np.sqrt(1 - rho**2) * beta["beta_raw"]
    )
    slopes = beta["mu_beta"] + beta["sigma_beta"] * deviation
    return {
        **alpha,
        **beta,
        "rho": rho,
        "beta": slopes,
        **draw_residual_spread(hyper, random),
    }


MODEL = linear_model(draw_parameters, by_group=("alpha", "beta"))
