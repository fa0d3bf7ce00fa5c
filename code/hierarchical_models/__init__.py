"""Every model of the course, in PyMC and in Stan, behind one interface."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from hierarchical_models import library_settings  # noqa: F401 (before the libraries)

if TYPE_CHECKING:
    from hierarchical_models.agreement import (
        LogDensityCheck,
        check_log_density,
        compare_backends,
        compare_fits,
        draws_as_points,
    )
    from hierarchical_models.cross_validation import CrossValidation
    from hierarchical_models.diagnostics import Diagnostics, diagnose
    from hierarchical_models.errors import (
        DiagnosticsError,
        HierarchicalModelsError,
        HyperparameterError,
        ModelDataError,
        SamplingError,
        UnknownNameError,
    )
    from hierarchical_models.evaluation import compare, loo
    from hierarchical_models.fit_tables import diagnostics_table
    from hierarchical_models.fitting import fit
    from hierarchical_models.formulas import fit_formula
    from hierarchical_models.group_validation import GroupCrossValidation, leave_one_group_out
    from hierarchical_models.log_densities import log_density
    from hierarchical_models.model_data import ModelData
    from hierarchical_models.prediction import heldout_log_density, predict
    from hierarchical_models.registry import ModelSpec, get_model, list_models
    from hierarchical_models.scoring import Difference, LogScore, log_score, paired_difference

# A name is imported when it is first used: ArviZ and PyMC take seconds, which commands that only
# ask for a name or a path need not wait.
_MODULES = {
    "agreement": (
        "LogDensityCheck",
        "check_log_density",
        "compare_backends",
        "compare_fits",
        "draws_as_points",
    ),
    "cross_validation": ("CrossValidation",),
    "diagnostics": ("Diagnostics", "diagnose"),
    "errors": (
        "DiagnosticsError",
        "HierarchicalModelsError",
        "HyperparameterError",
        "ModelDataError",
        "SamplingError",
        "UnknownNameError",
    ),
    "evaluation": ("compare", "loo"),
    "fit_tables": ("diagnostics_table",),
    "fitting": ("fit",),
    "formulas": ("fit_formula",),
    "group_validation": ("GroupCrossValidation", "leave_one_group_out"),
    "log_densities": ("log_density",),
    "model_data": ("ModelData",),
    "prediction": ("heldout_log_density", "predict"),
    "registry": ("ModelSpec", "get_model", "list_models"),
    "scoring": ("Difference", "LogScore", "log_score", "paired_difference"),
}
_HOMES = {name: module for module, names in _MODULES.items() for name in names}

__all__ = [
    "CrossValidation",
    "Diagnostics",
    "DiagnosticsError",
    "Difference",
    "GroupCrossValidation",
    "HierarchicalModelsError",
    "HyperparameterError",
    "LogDensityCheck",
    "LogScore",
    "ModelData",
    "ModelDataError",
    "ModelSpec",
    "SamplingError",
    "UnknownNameError",
    "check_log_density",
    "compare",
    "compare_backends",
    "compare_fits",
    "diagnose",
    "diagnostics_table",
    "draws_as_points",
    "fit",
    "fit_formula",
    "get_model",
    "heldout_log_density",
    "leave_one_group_out",
    "list_models",
    "log_density",
    "log_score",
    "loo",
    "paired_difference",
    "predict",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
