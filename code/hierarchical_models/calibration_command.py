"""The longer study: every model calibrated, and the table of the site.

Run as ``python -m hierarchical_models.calibration``.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from hierarchical_models.calibration import LEVEL, Calibration, Progress, calibrate
from hierarchical_models.errors import HierarchicalModelsError
from hierarchical_models.generative import get_generative_model, list_generative_models
from hierarchical_models.registry import ModelSpec, get_model


def main(arguments: Sequence[str] | None = None) -> int:
    """Calibrate models; see ``python -m hierarchical_models.calibration --help``.

    Parameters
    ----------
    arguments : sequence of str, optional
        Of the command line.

    Returns
    -------
    int
        0 where every model is calibrated, 1 where some is not or a fit fails.
    """
    options = make_parser().parse_args(arguments)
    names = options.models or list_generative_models()
    table = None if options.out is None else StudyTable(options.out, names)
    n_problems = 0
    for name in names:
        started = time.monotonic()
        try:
            study = calibrate(
                name,
                n_simulations=options.simulations,
                n_draws=options.draws,
                seed=options.seed,
                jobs=options.jobs,
                progress=_show_progress(name, options.simulations),
            )
        except HierarchicalModelsError as error:
            print(f"{name}: {error}", file=sys.stderr)
            n_problems += 1
            continue
        # as for all models: how many are run together changes no verdict
        problems = study.problems(LEVEL / len(list_generative_models()))
        n_problems += len(problems)
        print(
            f"{name}: {_summary(study, not problems)}, {time.monotonic() - started:.0f} s",
            flush=True,
        )
        for text in problems.values():
            print(f"  {text}")
        if table is not None:
            # after each model, so that a long study that is stopped has not been for nothing
            table.add(study)
    return 1 if n_problems else 0


def make_parser() -> argparse.ArgumentParser:
    """Parser of the command line, with the settings of the study.

    Returns
    -------
    argparse.ArgumentParser
        Whose defaults are those of the table of the site.

    Examples
    --------
    >>> make_parser().parse_args([]).simulations
    500
    """
    parser = argparse.ArgumentParser(
        prog="python -m hierarchical_models.calibration",
        description="Rank simulated truths among the draws of their posteriors.",
    )
    parser.add_argument("--models", nargs="+", metavar="MODEL", choices=list_generative_models())
    parser.add_argument("--simulations", type=int, default=500, metavar="N")
    parser.add_argument("--draws", type=int, default=99, metavar="N", help="kept of each fit")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="fits at a time")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="where to write the table, as CSV; rows of other models in the file are kept",
    )
    return parser


def fingerprint(spec: ModelSpec) -> str:
    """Digest of what was studied, which tells a table of an older model.

    Parameters
    ----------
    spec : ModelSpec
        A model that exists in NumPy too.

    Returns
    -------
    str
        12 hexadecimal digits, of the Stan program, the NumPy form, the hyperparameters and the
        design.
    """
    model = get_generative_model(spec)
    parts = [
        spec.stan_file.read_text(encoding="utf8"),
        spec.folder.joinpath("numpy_model.py").read_text(encoding="utf8"),
        spec.resolve_hyperparameters(model.hyperparameters),
        {name: np.asarray(values).tolist() for name, values in model.design.items()},
    ]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:12]


class StudyTable:
    """A file with the results of studies, one row for each quantity.

    Parameters
    ----------
    path : pathlib.Path
        Of the file, in CSV. Rows of models that are not studied now are kept as they are; those
        of models that do not exist any more are not.
    names : sequence of str
        The models that are studied.
    """

    def __init__(self, path: Path, names: Sequence[str]):
        self.path = path
        self.rows = pd.DataFrame()
        if path.exists():
            found = pd.read_csv(path, dtype=str)
            others = set(list_generative_models()) - set(names)
            self.rows = found[found["model"].isin(others)]

    def add(self, study: Calibration) -> None:
        """Write the file anew, with the rows of one more study.

        Parameters
        ----------
        study : Calibration
            Of one model.
        """
        table = study.table().reset_index()
        table.insert(0, "model", study.model)
        table = table.assign(
            n_draws=study.n_draws,
            fits_with_divergences=int((study.n_divergences > 0).sum()),
            fits_with_too_few_draws=int((study.effective_draws < study.n_draws).sum()),
            studied=fingerprint(get_model(study.model)),
        )
        # as text, so that the rows that are kept do not change
        text = io.StringIO(table.to_csv(index=False, float_format="%.4g"))
        self.rows = pd.concat([self.rows, pd.read_csv(text, dtype=str)])
        self.rows = self.rows.sort_values("model", kind="stable")
        self.rows.to_csv(self.path, index=False)


def _summary(study: Calibration, is_calibrated: bool) -> str:
    smallest = study.table()["adjusted_p"].min()
    verdict = "calibrated" if is_calibrated else "NOT calibrated"
    slow = int((study.effective_draws < study.n_draws).sum())
    return (
        f"{verdict} over {study.n_simulations} simulations (smallest adjusted p {smallest:.2g}; "
        f"divergences in {int((study.n_divergences > 0).sum())} fits, too few draws in {slow})"
    )


def _show_progress(name: str, total: int) -> Progress:
    """A line that grows on a terminal; in a log, one line for every tenth."""
    steps = {round(total * tenth / 10) for tenth in range(1, 11)}

    def show(done: int) -> None:
        if sys.stderr.isatty():
            print(
                f"\r{name}: {done} of {total}", end="\n" if done == total else "", file=sys.stderr
            )
        elif done in steps:
            print(f"{name}: {done} of {total}", file=sys.stderr, flush=True)

    return show
