"""The course's figures.

Each function takes a fit or plain arrays, draws on the Axes that it is given as ``ax``, or on those
of a new figure, and returns them: one Axes, or an array of them where a figure has several panels.
Where a function has a companion ``describe_...``, that gives the figure's numbers in sentences, for
readers who do not see it. After drawing something of your own, `add_key` brings the key up to date.
"""

from hierarchical_models.plots.backend_plots import backend_differences, compare_backends
from hierarchical_models.plots.canvas import add_key
from hierarchical_models.plots.chain_plots import chain_ranks, trace
from hierarchical_models.plots.conditional_plots import conditional_means
from hierarchical_models.plots.diagram_plots import model_diagram
from hierarchical_models.plots.distribution_plots import (
    predictive_counts,
    predictive_density,
    predictive_ecdf,
)
from hierarchical_models.plots.effect_plots import effect_pairs
from hierarchical_models.plots.estimates import Estimates
from hierarchical_models.plots.funnel_plots import describe_funnel_pair, funnel_pair
from hierarchical_models.plots.interval_plots import describe_intervals, intervals
from hierarchical_models.plots.loo_plots import elpd_difference, pareto_k
from hierarchical_models.plots.model_graph import Node
from hierarchical_models.plots.predictive_plots import predictive_check
from hierarchical_models.plots.prior_plots import prior_to_posterior
from hierarchical_models.plots.probability_plots import calibration_curve
from hierarchical_models.plots.rank_plots import rank_histogram, rank_plot
from hierarchical_models.plots.ranked_plots import ranked
from hierarchical_models.plots.recovery_plots import recovery
from hierarchical_models.plots.regression_plots import regression_lines
from hierarchical_models.plots.series_plots import fan
from hierarchical_models.plots.shrinkage_plots import describe_shrinkage, shrinkage
from hierarchical_models.plots.size_plots import describe_estimates_by_size, estimates_by_size
from hierarchical_models.plots.statistic_plots import (
    predictive_statistic,
    predictive_statistic_by_group,
)
from hierarchical_models.plots.style import (
    OKABE_ITO,
    PARTIAL,
    POOLED,
    RAW,
    SERIES,
    STYLE,
    TRUTH,
    save,
    use_style,
)
from hierarchical_models.plots.variance_plots import variance_components

__all__ = [
    "OKABE_ITO",
    "PARTIAL",
    "POOLED",
    "RAW",
    "SERIES",
    "STYLE",
    "TRUTH",
    "Estimates",
    "Node",
    "add_key",
    "backend_differences",
    "calibration_curve",
    "chain_ranks",
    "compare_backends",
    "conditional_means",
    "describe_estimates_by_size",
    "describe_funnel_pair",
    "describe_intervals",
    "describe_shrinkage",
    "effect_pairs",
    "elpd_difference",
    "estimates_by_size",
    "fan",
    "funnel_pair",
    "intervals",
    "model_diagram",
    "pareto_k",
    "predictive_check",
    "predictive_counts",
    "predictive_density",
    "predictive_ecdf",
    "predictive_statistic",
    "predictive_statistic_by_group",
    "prior_to_posterior",
    "rank_histogram",
    "rank_plot",
    "ranked",
    "recovery",
    "regression_lines",
    "save",
    "shrinkage",
    "trace",
    "use_style",
    "variance_components",
]
