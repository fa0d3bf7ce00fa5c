"""Estimates with known standard errors, effects from one normal distribution: non-centred."""

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
    name="normal_partial_noncentred",
    title="Normal with known standard errors, partial pooling, non-centred",
    summary=(
        "Effects come from one normal distribution whose mean and spread are learned. Non-centred: "
        "the sampler sees standard normal deviations, which suits groups with little data."
    ),
    equation=r"""
    y_j &\sim \mathrm{Normal}(\theta_j, \sigma_j) \\
    \theta_j &= \mu + \tau\, \theta^{\mathrm{raw}}_j, \quad
    \theta^{\mathrm{raw}}_j \sim \mathrm{Normal}(0, 1) \\
    \mu &\sim \mathrm{Normal}(m_\mu, s_\mu) \\
    \tau &\sim \text{half-Cauchy}(s_\tau), \text{ or another family}
    """,
    outcome="y",
    data=(ESTIMATES, STANDARD_ERRORS),
    parameters=(
        MEAN_EFFECT,
        EFFECT_SPREAD,
        Parameter(
            "theta_raw",
            r"\theta^{\mathrm{raw}}_j",
            "deviation of group j's effect from mu, in units of tau",
            ("group",),
        ),
        Parameter(
            "theta",
            r"\theta_j",
            "effect in group j, in the unit of the outcome",
            ("group",),
            is_derived=True,
        ),
    ),
    hyperparameters=(*MEAN_EFFECT_PRIORS, *EFFECT_SPREAD_PRIORS),
    package=__name__,
)
