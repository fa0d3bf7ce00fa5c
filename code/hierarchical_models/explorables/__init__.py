"""Charts with controls: readers change a number and see what the formulas make of it."""

from hierarchical_models.explorables.frame import Explorable
from hierarchical_models.explorables.funnel import funnel
from hierarchical_models.explorables.shrinkage import shrinkage
from hierarchical_models.explorables.spread_prior import spread_prior

__all__ = ["Explorable", "funnel", "shrinkage", "spread_prior"]
