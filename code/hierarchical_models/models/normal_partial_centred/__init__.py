"""Estimates with known standard errors, effects from one normal distribution: centred."""

from hierarchical_models.models.fields import (
    EFFECT_SPREAD,
    EFFECT_SPREAD_PRIORS,
    ESTIMATES,
    MEAN_EFFECT,
    MEAN_EFFECT_PRIORS,
    STANDARD_ERRORS,
)
from hierarchical_models.registry import ModelSpec, Parameter

SPEC = ModelSpec(
    name="normal_partial_centred",
    title="Normal with known standard errors, partial pooling, centred",
    summary=(
        "Effects come from one normal distribution whose mean and spread are learned. Centred: "
        "good when each group's own data are strong, troubled by a funnel when they are weak."
    ),
    equation=r"""
    y_j &\sim \mathrm{Normal}(\theta_j, \sigma_j) \\
    \theta_j &\sim \mathrm{Normal}(\mu, \tau) \\
    \mu &\sim \mathrm{Normal}(m_\mu, s_\mu) \\
    \tau &\sim \text{half-Cauchy}(s_\tau), \text{ or another family}
    """,
    outcome="y",
    data=(ESTIMATES, STANDARD_ERRORS),
    parameters=(
        MEAN_EFFECT,
        EFFECT_SPREAD,
        Parameter(
            "theta",
            r"\theta_j",
            "effect in group j, in the unit of the outcome",
            ("group",),
        ),
    ),
    hyperparameters=(*MEAN_EFFECT_PRIORS, *EFFECT_SPREAD_PRIORS),
    package=__name__,
)
