"""Linear regression, varying intercept centred and slope non-centred, in NumPy."""

from hierarchical_models.models.linear_numpy import (
    draw_residual_spread,
    draw_varying,
    linear_model,
)


def draw_parameters(data, hyper, random):
    """Draw from the prior; see `GenerativeModel`."""
    drawn = {
        **draw_varying("alpha", hyper, random, data["n_groups"]),
        **draw_varying("beta", hyper, random, data["n_groups"]),
        **draw_residual_spread(hyper, random),
    }
    del drawn["alpha_raw"]
    return drawn


MODEL = linear_model(
    draw_parameters, by_group=("alpha", "beta"), centred=("alpha",)
)
