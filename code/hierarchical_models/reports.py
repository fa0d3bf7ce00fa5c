"""The models as plain records, for the page of the course that lists them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hierarchical_models.registry import (
    Hyperparameter,
    ModelSpec,
    Parameter,
    get_model,
    list_models,
)

ROOT = Path(__file__).parents[2]
"""The course's folder, from which the paths of programs are taken."""


def models_for_lesson() -> list[dict[str, Any]]:
    """Describe every model for the page of models.

    Returns
    -------
    list of dict
        For each model its name, title, summary, equation, tables (parameters, constants of the
        priors) and source files, in the form that the site's generator reads. Texts are Markdown.

    Examples
    --------
    >>> [model["name"] for model in models_for_lesson()] == list(list_models())
    True
    """
    return [_describe(get_model(name)) for name in list_models()]


def _describe(spec: ModelSpec) -> dict[str, Any]:
    tables = [
        {
            "title": "Parameters",
            "columns": ["Name", "Symbol", "Meaning", "Values", "Dimensions"],
            "rows": [_parameter_row(parameter) for parameter in spec.parameters],
        }
    ]
    if spec.hyperparameters:
        tables.append(
            {
                "title": "Constants of the priors",
                "columns": ["Name", "Default", "Meaning, and the reason for the default"],
                "rows": [_constant_row(constant) for constant in spec.hyperparameters],
            }
        )
    return {
        "name": spec.name,
        "title": spec.title,
        "summary": f"{spec.summary} Ask for it as `{spec.name}`.",
        "equation": f"\\begin{{aligned}}{spec.equation.rstrip()}\n\\end{{aligned}}",
        "tables": tables,
        "sources": [
            _source("PyMC", spec.pymc_file, "python", "pymc"),
            _source("Stan", spec.stan_file, "stan", "stan"),
        ],
    }


def _parameter_row(parameter: Parameter) -> list[str]:
    kind = " (computed from others)" if parameter.is_derived else ""
    return [
        f"`{parameter.name}`",
        f"${parameter.symbol}$",
        parameter.description + kind,
        parameter.support,
        ", ".join(f"`{dim}`" for dim in parameter.dims) or "a single number",
    ]


def _constant_row(constant: Hyperparameter) -> list[str]:
    default = constant.default
    choices = f"; one of {', '.join(constant.choices)}" if constant.choices else ""
    shown = f"`{default}`" if isinstance(default, str) else f"{default:g}"
    return [f"`{constant.name}`", shown, constant.description + choices]


def _source(title: str, path: Path, language: str, sync: str) -> dict[str, str]:
    relative = path.resolve().relative_to(ROOT.resolve()).as_posix()
    return {"title": title, "path": relative, "language": language, "sync": sync}
