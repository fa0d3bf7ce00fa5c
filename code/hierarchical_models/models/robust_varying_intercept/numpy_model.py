"""Student-t regression, varying intercept, in NumPy."""

from hierarchical_models.models.linear_numpy import (
    draw_common,
    draw_residual_spread,
    draw_tails,
    draw_varying,
    linear_model,
)


def draw_parameters(data, hyper, random):
    """Draw from the prior; see `GenerativeModel`."""
    return {
        **draw_varying("alpha", hyper, random, data["n_groups"]),
        "beta": draw_common("beta", hyper, random),
        **draw_residual_spread(hyper, random),
        **draw_tails(hyper, random),
    }


MODEL = linear_model(draw_parameters, by_group=("alpha",))
