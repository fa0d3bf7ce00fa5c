"""Every model of the course, in PyMC and in Stan, behind one interface."""

from hierarchical_models import library_settings  # noqa: F401 (before they are used)
from hierarchical_models.agreement import (
    LogDensityCheck,
    check_log_density,
    compare_backends,
    compare_fits,
    draws_as_points,
)
from hierarchical_models.diagnostics import Diagnostics, diagnose
from hierarchical_models.errors import (
    DiagnosticsError,
    HierarchicalModelsError,
    HyperparameterError,
    ModelDataError,
    SamplingError,
    UnknownNameError,
)
from hierarchical_models.fitting import fit
from hierarchical_models.log_density import log_density
from hierarchical_models.model_data import ModelData
from hierarchical_models.registry import ModelSpec, get_model, list_models

__all__ = [
    "Diagnostics",
    "DiagnosticsError",
    "HierarchicalModelsError",
    "HyperparameterError",
    "LogDensityCheck",
    "ModelData",
    "ModelDataError",
    "ModelSpec",
    "SamplingError",
    "UnknownNameError",
    "check_log_density",
    "compare_backends",
    "compare_fits",
    "diagnose",
    "draws_as_points",
    "fit",
    "get_model",
    "list_models",
    "log_density",
]
