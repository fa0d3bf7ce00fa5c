"""Negative binomial counts, log rates from one normal distribution that is learned."""

from hierarchical_models.models.fields_counts import (
    COUNT_DATA,
    LOG_RATE_PARAMETERS,
    LOG_RATE_PRIORS,
)
from hierarchical_models.registry import Hyperparameter, ModelSpec, Parameter

SPEC = ModelSpec(
    name="count_negative_binomial",
    title="Negative binomial counts, varying rates",
    summary=(
        "Counts whose rate differs from group to group, and within a group from observation to "
        "observation by a Gamma-distributed factor: their variance exceeds their mean."
    ),
    equation=r"""
    y_i &\sim \mathrm{NegativeBinomial}(E_i\, e^{\eta_{j[i]}}, \phi), \quad
    \mathrm{Var}(y_i) = \mathrm{E}(y_i) + \mathrm{E}(y_i)^2 / \phi \\
    \eta_j &\sim \mathrm{Normal}(\mu, \sigma) \\
    \mu &\sim \mathrm{Normal}(m_\mu, s_\mu) \\
    \sigma &\sim \text{half-Normal}(s_\sigma) \\
    \phi &\sim \mathrm{Gamma}(a_\phi, b_\phi)
    """,
    outcome="y",
    data=COUNT_DATA,
    parameters=(
        *LOG_RATE_PARAMETERS,
        Parameter(
            "phi",
            r"\phi",
            "size of the negative binomial distribution: rates within a group have the coefficient "
            "of variation 1 / sqrt(phi), so that small is overdispersed and large nearly Poisson",
            support="above 0",
        ),
    ),
    hyperparameters=(
        *LOG_RATE_PRIORS,
        Hyperparameter(
            "phi_shape",
            2.0,
            "shape of the Gamma prior of phi; Gamma(2, 0.1) leaves the coefficient of variation of "
            "the rates within a group between 0.13 and 0.65",
            is_positive=True,
        ),
        Hyperparameter(
            "phi_rate",
            0.1,
            "rate of the Gamma prior of phi; a smaller one comes nearer to Poisson counts",
            is_positive=True,
        ),
    ),
    package=__name__,
)
