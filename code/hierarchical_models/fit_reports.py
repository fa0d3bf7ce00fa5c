"""Telling a build of the course how each fit did.

Where the environment variable ``LESSONBOOK_FITS`` names a file, as it does while a lesson is built,
`fit` appends a line of JSON to it: the name of the fit and its diagnostics beside their limits.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hierarchical_models.diagnostics import MAX_R_HAT, MIN_E_BFMI, MIN_ESS, Diagnostics
from hierarchical_models.registry import ModelSpec
from hierarchical_models.settings import SamplerSettings

VARIABLE = "LESSONBOOK_FITS"


def report_fit(
    model: str,
    settings: SamplerSettings,
    changed: Sequence[str],
    diagnostics: Diagnostics,
    notes: Mapping[str, str],
) -> None:
    """Append a fit to the report of the build, where there is one.

    Parameters
    ----------
    model : str
        Name of the model.
    settings : SamplerSettings
        How it was sampled.
    changed : sequence of str
        What differs from the model's defaults, see `changed_hyperparameters`.
    diagnostics : Diagnostics
        How it did.
    notes : mapping of str to str
        Reasons for what lies outside its limits, and why it was extended, by kind.
    """
    path = os.environ.get(VARIABLE)
    if not path:
        return
    record = {
        "name": ", ".join([f"{model}: {_run(settings)}", *changed]),
        "rows": _rows(diagnostics),
        "note": "; ".join(f"{kind}: {text}" for kind, text in notes.items()),
    }
    # one write of one line, so that fits that run at the same time do not mix
    with Path(path).open("a", encoding="utf8") as report:
        report.write(json.dumps(record) + "\n")


def changed_hyperparameters(spec: ModelSpec, hyper: Mapping[str, Any]) -> list[str]:
    """Say which hyperparameters differ from a model's defaults.

    Parameters
    ----------
    spec : ModelSpec
        The model.
    hyper : mapping of str to float or str
        Every hyperparameter.

    Returns
    -------
    list of str
        Each as ``"name = value"``.
    """
    defaults = spec.resolve_hyperparameters({})
    return [
        f"{name} = {value if isinstance(value, str) else format(value, 'g')}"
        for name, value in hyper.items()
        if value != defaults[name]
    ]


def _run(settings: SamplerSettings) -> str:
    return f"{settings.chains} × {settings.draws} draws by {settings.sampler}, seed {settings.seed}"


def _rows(found: Diagnostics) -> list[dict[str, Any]]:
    # written so that a value that is not a number is outside its limit
    return [
        _row("largest R-hat", f"{found.max_r_hat:.3f}", f"at most {MAX_R_HAT}",
             found.max_r_hat <= MAX_R_HAT),
        _row("smallest bulk ESS", f"{found.min_ess_bulk:.0f}", f"at least {MIN_ESS:.0f}",
             found.min_ess_bulk >= MIN_ESS),
        _row("smallest tail ESS", f"{found.min_ess_tail:.0f}", f"at least {MIN_ESS:.0f}",
             found.min_ess_tail >= MIN_ESS),
        _row("smallest E-BFMI", f"{found.min_e_bfmi:.2f}", f"at least {MIN_E_BFMI}",
             found.min_e_bfmi >= MIN_E_BFMI),
        _row("divergences", f"{found.n_divergences}", "0", found.n_divergences == 0),
    ]  # fmt: skip


def _row(label: str, value: str, limit: str, is_ok: bool) -> dict[str, Any]:
    return {"label": label, "value": value, "limit": limit, "ok": bool(is_ok)}
