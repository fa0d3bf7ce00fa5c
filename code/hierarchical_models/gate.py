"""The way of every fit: sampled, diagnosed, extended where that helps, reported, and refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from typing import Any

import arviz as az

from hierarchical_models import convergence, draw_columns
from hierarchical_models import diagnostics as diagnostics_module
from hierarchical_models.diagnostics import (
    DIAGNOSED_STATS,
    Diagnostics,
    check_diagnostics,
    diagnose,
    parse_expectations,
    times_to_extend,
)
from hierarchical_models.digests import digest_array, digest_files, digest_ingredients
from hierarchical_models.fit_reports import report_fit
from hierarchical_models.fit_store import as_stored, load_or_sample
from hierarchical_models.settings import SamplerSettings


def note_diagnostics(idata: az.InferenceData) -> az.InferenceData:
    """Write a fit's diagnostics into it, so that they are kept with it.

    Parameters
    ----------
    idata : arviz.InferenceData
        As for `diagnose`; attributes of its posterior are added.

    Returns
    -------
    arviz.InferenceData
        The same.
    """
    idata.posterior.attrs |= {
        "diagnostics": json.dumps(asdict(diagnose(idata))),
        "diagnostics_of": _digest_diagnosed(idata),
    }
    return idata


def noted_diagnostics(idata: az.InferenceData) -> Diagnostics:
    """Read the diagnostics that were kept with a fit.

    Parameters
    ----------
    idata : arviz.InferenceData
        A fit.

    Returns
    -------
    Diagnostics
        Computed anew if none were kept, or they are those of other draws (of a part of these, for
        example) or of other code than today's.
    """
    attrs = idata.posterior.attrs
    if "diagnostics" in attrs and attrs.get("diagnostics_of") == _digest_diagnosed(idata):
        return Diagnostics(**json.loads(attrs["diagnostics"]))
    return diagnose(idata)


def _digest_diagnosed(idata: az.InferenceData) -> str:
    """Digest of all that a fit's diagnostics depend on."""
    looked_at = {
        "posterior": idata.posterior,
        "sample_stats": idata.sample_stats[list(DIAGNOSED_STATS)],
    }
    variables = {
        f"{group}/{name}": [*map(str, values.dims), digest_array(values.to_numpy())]
        for group, dataset in looked_at.items()
        for name, values in dataset.variables.items()
    }
    return digest_ingredients({"code": _own_digests(), "variables": variables})


@cache
def _own_digests() -> dict[str, str]:
    modules = (convergence, diagnostics_module, draw_columns)
    return digest_files(Path(str(module.__file__)) for module in modules)


def draw_and_check(
    sample: Callable[[SamplerSettings], az.InferenceData],
    key_of: Callable[[SamplerSettings], tuple[str, Mapping[str, Any]]],
    settings: SamplerSettings,
    *,
    is_stored: bool,
    model: str,
    where: str,
    changed: Sequence[str] = (),
    extend: int = 4,
    expect: str | Iterable[str] | None = None,
) -> az.InferenceData:
    """Draw from a posterior, and let nobody have draws that cannot be trusted.

    Parameters
    ----------
    sample : callable
        Samples with the settings that it is given.
    key_of : callable
        Returns the key of a fit with such settings in the store, and what it was made from.
    settings : SamplerSettings
        What was asked for.
    is_stored : bool
        Whether to look in the store of fits first, and to keep this one there.
    model : str
        Its name in the build's report.
    where : str
        Model and backend, for a refusal.
    changed : sequence of str
        What differs from the model's defaults, for the build's report.
    extend : int
        How many times as many draws may be made where draws are all that lacks.
    expect : str or iterable of str, optional
        Problems that are part of a lesson, as ``"kind: reason"``.

    Returns
    -------
    arviz.InferenceData
        The fit; attributes of its posterior hold its diagnostics, what was expected, and why it
        was extended.

    Raises
    ------
    DiagnosticsError
        For draws that cannot be trusted, unless expected.
    ValueError
        If `expect` names no known kind or gives no reason, or `extend` is no number of times.
    """
    if isinstance(extend, bool) or not isinstance(extend, int) or extend < 1:
        raise ValueError(f"extend: found {extend!r}, allowed whole numbers from 1")
    expected = parse_expectations(expect)

    def draw(settings: SamplerSettings) -> az.InferenceData:
        def diagnosed() -> az.InferenceData:
            return note_diagnostics(sample(settings))

        return load_or_sample(*key_of(settings), diagnosed) if is_stored else as_stored(diagnosed())

    idata = draw(settings)
    diagnostics = noted_diagnostics(idata)
    notes = dict(expected)
    times = times_to_extend(diagnostics, expected, extend)
    attrs = {}
    if times > 1:
        attrs["extended_because"] = "; ".join(diagnostics.problems().values())
        notes["extended"] = f"with {settings.draws} draws a chain, {attrs['extended_because']}"
        settings = replace(settings, draws=times * settings.draws)
        idata = draw(settings)
        diagnostics = noted_diagnostics(idata)
    report_fit(model, settings, changed, diagnostics, notes)
    check_diagnostics(diagnostics, where, expect)
    idata.posterior.attrs |= {
        "diagnostics": json.dumps(asdict(diagnostics)),
        "expected_problems": json.dumps(expected),
        **attrs,
    }
    return idata
