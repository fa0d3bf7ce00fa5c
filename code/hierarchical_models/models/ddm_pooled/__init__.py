"""Choices and response times of a drift diffusion, one set of parameters for all persons."""

from hierarchical_models.models.fields_ddm import (
    CHOICE,
    CONDITION,
    RESPONSE_TIME,
    STARTING_POINT,
    STARTING_POINT_PRIOR,
)
from hierarchical_models.registry import Hyperparameter, ModelSpec, Parameter

SPEC = ModelSpec(
    name="ddm_pooled",
    title="Drift diffusion, complete pooling",
    summary=(
        "Evidence drifts from a starting point to one of two boundaries, which gives the choice "
        "and, with a time for all else, the response time. The drift differs by condition; all "
        "persons share all parameters."
    ),
    equation=r"""
    (t_i, 1) &\sim \mathrm{Wiener}(\alpha, \tau, \beta, \delta_{c[i]})
    && \text{response time } t_i \text{ at the upper boundary} \\
    (t_i, 0) &\sim \mathrm{Wiener}(\alpha, \tau, 1 - \beta, -\delta_{c[i]})
    && \text{at the lower one} \\
    \alpha &\sim \mathrm{LogNormal}(m_\alpha, s_\alpha) \\
    \tau &\sim \mathrm{LogNormal}(m_\tau, s_\tau) \\
    \beta &\sim \mathrm{Beta}(a_\beta, a_\beta) \\
    \delta_c &\sim \mathrm{Normal}(m_\delta, s_\delta)
    """,
    outcome="rt",
    further_outcomes=("choice",),
    data=(RESPONSE_TIME, CHOICE, CONDITION),
    parameters=(
        Parameter(
            "alpha",
            r"\alpha",
            "distance of the boundaries, in units of the square root of a second",
            support="above 0",
        ),
        Parameter(
            "tau",
            r"\tau",
            "non-decision time, in seconds",
            support="0 to the fastest response time",
        ),
        STARTING_POINT,
        Parameter(
            "delta",
            r"\delta_c",
            "drift towards the upper boundary in condition c, "
            "in units of one over the square root of a second",
            ("condition",),
        ),
    ),
    hyperparameters=(
        Hyperparameter(
            "alpha_log_mean",
            0.4,
            "mean of the logarithm of alpha; 0.4 puts the median of alpha at 1.5",
        ),
        Hyperparameter(
            "alpha_log_scale",
            0.5,
            "standard deviation of the logarithm of alpha; 0.5 puts alpha between 0.6 and 4 in 95 "
            "of 100 cases",
            is_positive=True,
        ),
        Hyperparameter(
            "tau_log_mean",
            -1.2,
            "mean of the logarithm of tau, in log seconds; -1.2 puts the median of tau at 0.3 s",
        ),
        Hyperparameter(
            "tau_log_scale",
            0.5,
            "standard deviation of the logarithm of tau; 0.5 puts tau between 0.1 and 0.8 s in 95 "
            "of 100 cases",
            is_positive=True,
        ),
        STARTING_POINT_PRIOR,
        Hyperparameter(
            "delta_mean",
            0.0,
            "mean of the normal prior of each delta; 0 favours neither boundary",
        ),
        Hyperparameter(
            "delta_scale",
            2.0,
            "standard deviation of the normal prior of each delta; drifts beyond 4 leave hardly an "
            "error",
            is_positive=True,
        ),
    ),
    package=__name__,
)
