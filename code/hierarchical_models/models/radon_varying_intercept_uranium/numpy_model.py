"""Linear regression, varying intercept with a group predictor, in NumPy."""

from hierarchical_models.models.linear_numpy import (
    draw_common,
    draw_residual_spread,
    draw_varying,
    linear_model,
)


def draw_parameters(data, hyper, random):
    """Draw from the prior; see `GenerativeModel`."""
    intercepts = draw_varying("alpha", hyper, random, data["n_groups"])
    gamma = draw_common("gamma", hyper, random)
    return {
        **intercepts,
        "gamma": gamma,
        "alpha": intercepts["alpha"] + gamma * data["u"],
        "beta": draw_common("beta", hyper, random),
        **draw_residual_spread(hyper, random),
    }


MODEL = linear_model(
    draw_parameters, by_group=("alpha",), u=[-1.0, 0.0, 0.5, 1.5]
)
