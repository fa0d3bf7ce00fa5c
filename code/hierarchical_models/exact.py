"""Exact posteriors of the course's small models, by closed forms and quadrature: no sampling.

What samplers give is judged against these. Each model is in a module of its own; this one gathers
what is meant for use.
"""

from hierarchical_models.exact_beta_binomial import (
    BetaBinomialDraws,
    BetaBinomialPosterior,
    BetaShapes,
    beta_binomial_mle,
    beta_binomial_posterior,
    beta_moment_estimate,
)
from hierarchical_models.exact_binomial import (
    BinomialPooledPosterior,
    BinomialUnpooledPosterior,
    HeldOutLogDensity,
    binomial_pooled_posterior,
    binomial_unpooled_posterior,
)
from hierarchical_models.exact_hyperpriors import (
    BetaHyperprior,
    BetaParetoHyperprior,
    GammaHyperprior,
    PowerLawHyperprior,
)
from hierarchical_models.exact_logit_normal import (
    LogitNormalBinomialPosterior,
    logit_normal_binomial_posterior,
)
from hierarchical_models.exact_normal import (
    ConditionalEffects,
    NormalPartialPosterior,
    PooledNormalPosterior,
    UnpooledNormalPosterior,
    normal_partial_posterior,
    normal_pooled_posterior,
    normal_unpooled_posterior,
)
from hierarchical_models.exact_quadrature import ImproperPosteriorError, QuadratureError
from hierarchical_models.exact_varying_intercept import (
    VaryingInterceptPosterior,
    varying_intercept_posterior,
)

__all__ = [
    "BetaBinomialDraws",
    "BetaBinomialPosterior",
    "BetaHyperprior",
    "BetaParetoHyperprior",
    "BetaShapes",
    "BinomialPooledPosterior",
    "BinomialUnpooledPosterior",
    "ConditionalEffects",
    "GammaHyperprior",
    "HeldOutLogDensity",
    "ImproperPosteriorError",
    "LogitNormalBinomialPosterior",
    "NormalPartialPosterior",
    "PooledNormalPosterior",
    "PowerLawHyperprior",
    "QuadratureError",
    "UnpooledNormalPosterior",
    "VaryingInterceptPosterior",
    "beta_binomial_mle",
    "beta_binomial_posterior",
    "beta_moment_estimate",
    "binomial_pooled_posterior",
    "binomial_unpooled_posterior",
    "logit_normal_binomial_posterior",
    "normal_partial_posterior",
    "normal_pooled_posterior",
    "normal_unpooled_posterior",
    "varying_intercept_posterior",
]
