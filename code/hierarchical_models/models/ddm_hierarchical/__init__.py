"""Choices and response times of a drift diffusion, parameters of each person from a population."""

from hierarchical_models.models.fields_ddm import (
    CHOICE,
    CONDITION,
    PERSON,
    RESPONSE_TIME,
    STARTING_POINT,
    STARTING_POINT_PRIOR,
)
from hierarchical_models.registry import Hyperparameter, ModelSpec, Parameter

SPEC = ModelSpec(
    name="ddm_hierarchical",
    title="Drift diffusion, partial pooling",
    summary=(
        "Evidence drifts from a starting point to one of two boundaries, which gives the choice "
        "and, with a time for all else, the response time. Each person has a distance of the "
        "boundaries, a non-decision time and a drift in each condition of their own, drawn from "
        "distributions that are learned; the starting point is shared."
    ),
    equation=r"""
    (t_i, 1) &\sim \mathrm{Wiener}(\alpha_{j[i]}, \tau_{j[i]}, \beta, \delta_{j[i], c[i]})
    && \text{response time } t_i \text{ at the upper boundary} \\
    (t_i, 0) &\sim \mathrm{Wiener}(\alpha_{j[i]}, \tau_{j[i]}, 1 - \beta, -\delta_{j[i], c[i]})
    && \text{at the lower one} \\
    \alpha_j &\sim \mathrm{LogNormal}(\mu_\alpha, \sigma_\alpha) \\
    \tau_j &\sim \mathrm{LogNormal}(\mu_\tau, \sigma_\tau) \\
    \delta_{jc} &= \mu_{\delta,c} + \sigma_\delta\, \delta^{\mathrm{raw}}_{jc}, \quad
    \delta^{\mathrm{raw}}_{jc} \sim \mathrm{Normal}(0, 1) \\
    \beta &\sim \mathrm{Beta}(a_\beta, a_\beta) \\
    \mu_\alpha &\sim \mathrm{Normal}(m_\alpha, s_\alpha), \quad
    \sigma_\alpha \sim \mathrm{LogNormal}(l_\alpha, r_\alpha) \\
    \mu_\tau &\sim \mathrm{Normal}(m_\tau, s_\tau), \quad
    \sigma_\tau \sim \mathrm{LogNormal}(l_\tau, r_\tau) \\
    \mu_{\delta,c} &\sim \mathrm{Normal}(m_\delta, s_\delta), \quad
    \sigma_\delta \sim \text{half-Normal}(r_\delta)
    """,
    outcome="rt",
    further_outcomes=("choice",),
    data=(RESPONSE_TIME, CHOICE, PERSON, CONDITION),
    parameters=(
        Parameter(
            "mu_alpha",
            r"\mu_\alpha",
            "mean over persons of the logarithm of alpha",
        ),
        Parameter(
            "sigma_alpha",
            r"\sigma_\alpha",
            "standard deviation over persons of the logarithm of alpha",
            support="above 0",
        ),
        Parameter(
            "alpha",
            r"\alpha_j",
            "distance of person j's boundaries, in units of the square root of a second",
            ("person",),
            support="above 0",
        ),
        Parameter(
            "mu_tau",
            r"\mu_\tau",
            "mean over persons of the logarithm of tau, in log seconds",
        ),
        Parameter(
            "sigma_tau",
            r"\sigma_\tau",
            "standard deviation over persons of the logarithm of tau",
            support="above 0",
        ),
        Parameter(
            "tau",
            r"\tau_j",
            "non-decision time of person j, in seconds",
            ("person",),
            support="0 to the person's fastest response time",
        ),
        STARTING_POINT,
        Parameter(
            "mu_delta",
            r"\mu_{\delta,c}",
            "mean over persons of the drift in condition c, "
            "in units of one over the square root of a second",
            ("condition",),
        ),
        Parameter(
            "sigma_delta",
            r"\sigma_\delta",
            "standard deviation over persons of the drift, in the same unit",
            support="above 0",
        ),
        Parameter(
            "delta_raw",
            r"\delta^{\mathrm{raw}}_{jc}",
            "deviation of person j's drift from its mean in condition c, in units of sigma_delta",
            ("person", "condition"),
        ),
        Parameter(
            "delta",
            r"\delta_{jc}",
            "drift of person j towards the upper boundary in condition c, "
            "in units of one over the square root of a second",
            ("person", "condition"),
            is_derived=True,
        ),
    ),
    hyperparameters=(
        Hyperparameter(
            "mu_alpha_mean",
            0.4,
            "mean of the normal prior of mu_alpha; 0.4 puts the median of alpha at 1.5",
        ),
        Hyperparameter(
            "mu_alpha_scale",
            0.5,
            "standard deviation of the normal prior of mu_alpha; 0.5 puts the median of alpha "
            "between 0.6 and 4 in 95 of 100 cases",
            is_positive=True,
        ),
        Hyperparameter(
            "sigma_alpha_log_mean",
            -1.6,
            "mean of the logarithm of sigma_alpha; -1.6 puts its median at 0.2, for persons whose "
            "alpha differs by 20 percent",
        ),
        Hyperparameter(
            "sigma_alpha_log_scale",
            0.5,
            "standard deviation of the logarithm of sigma_alpha; 0.5 puts it between 0.08 and 0.5 "
            "in 95 of 100 cases, away from 0, where the sampler would meet a funnel",
            is_positive=True,
        ),
        Hyperparameter(
            "mu_tau_mean",
            -1.2,
            "mean of the normal prior of mu_tau, in log seconds; -1.2 puts the median of tau at "
            "0.3 s",
        ),
        Hyperparameter(
            "mu_tau_scale",
            0.5,
            "standard deviation of the normal prior of mu_tau; 0.5 puts the median of tau between "
            "0.1 and 0.8 s in 95 of 100 cases",
            is_positive=True,
        ),
        Hyperparameter(
            "sigma_tau_log_mean",
            -1.9,
            "mean of the logarithm of sigma_tau; -1.9 puts its median at 0.15, for persons whose "
            "tau differs by 15 percent",
        ),
        Hyperparameter(
            "sigma_tau_log_scale",
            0.5,
            "standard deviation of the logarithm of sigma_tau; 0.5 puts it between 0.06 and 0.4 in "
            "95 of 100 cases, away from 0, where the sampler would meet a funnel",
            is_positive=True,
        ),
        STARTING_POINT_PRIOR,
        Hyperparameter(
            "mu_delta_mean",
            0.0,
            "mean of the normal prior of each mu_delta; 0 favours neither boundary",
        ),
        Hyperparameter(
            "mu_delta_scale",
            2.0,
            "standard deviation of the normal prior of each mu_delta; drifts beyond 4 leave hardly "
            "an error",
            is_positive=True,
        ),
        Hyperparameter(
            "sigma_delta_scale",
            1.0,
            "scale of the half-normal prior of sigma_delta; 1 allows drifts of either direction "
            "within one condition",
            is_positive=True,
        ),
    ),
    package=__name__,
)
