"""Estimates with known standard errors, one effect for all groups."""

from hierarchical_models.models.fields import (
    ESTIMATES,
    MEAN_EFFECT_PRIORS,
    STANDARD_ERRORS,
)
from hierarchical_models.registry import ModelSpec, Parameter

SPEC = ModelSpec(
    name="normal_pooled",
    title="Normal with known standard errors, complete pooling",
    summary="All groups share one effect; their estimates differ by sampling error alone.",
    equation=r"""
    y_j &\sim \mathrm{Normal}(\mu, \sigma_j) \\
    \mu &\sim \mathrm{Normal}(m_\mu, s_\mu)
    """,
    outcome="y",
    data=(ESTIMATES, STANDARD_ERRORS),
    parameters=(
        Parameter(
            "mu", r"\mu", "effect in every group, in the unit of the outcome"
        ),
    ),
    hyperparameters=MEAN_EFFECT_PRIORS,
    package=__name__,
)
