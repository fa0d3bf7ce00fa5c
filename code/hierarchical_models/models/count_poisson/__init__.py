"""Poisson counts, log rates from one normal distribution that is learned."""

from hierarchical_models.models.fields_counts import (
    COUNT_DATA,
    LOG_RATE_PARAMETERS,
    LOG_RATE_PRIORS,
)
from hierarchical_models.registry import ModelSpec

SPEC = ModelSpec(
    name="count_poisson",
    title="Poisson counts, varying rates",
    summary=(
        "Counts whose rate differs from group to group, and whose variance in a group is their "
        "mean. The groups' log rates come from one normal distribution that is learned."
    ),
    equation=r"""
    y_i &\sim \mathrm{Poisson}(E_i\, e^{\eta_{j[i]}}) \\
    \eta_j &\sim \mathrm{Normal}(\mu, \sigma) \\
    \mu &\sim \mathrm{Normal}(m_\mu, s_\mu) \\
    \sigma &\sim \text{half-Normal}(s_\sigma)
    """,
    outcome="y",
    data=COUNT_DATA,
    parameters=LOG_RATE_PARAMETERS,
    hyperparameters=LOG_RATE_PRIORS,
    package=__name__,
)
