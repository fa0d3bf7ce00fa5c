"""Known standard errors, unrelated effects, in NumPy."""

from hierarchical_models.generative import (
    GenerativeModel,
    draw_normal,
    normal_log_likelihood,
)


def draw_parameters(data, hyper, random):
    """Draw from the prior; see `GenerativeModel`."""
    theta = random.normal(
        hyper["theta_mean"], hyper["theta_scale"], data["n_groups"]
    )
    return {"theta": theta}


MODEL = GenerativeModel(
    draw_parameters=draw_parameters,
    draw_outcome=draw_normal,
    log_likelihood=normal_log_likelihood,
    design={"sigma": [20.0, 100.0, 300.0]},
    hyperparameters={},
)
