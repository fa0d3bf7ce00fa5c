"""The log density of a model at given points, from either program, on the unconstrained scale.

Both programs put the parameters on an unconstrained scale and add the log Jacobian. Stan leaves out
additive constants, so that the two agree up to one constant per data set.
"""

from __future__ import annotations

import csv
import json
import math
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from hierarchical_models.inputs import DataLike, prepare_inputs
from hierarchical_models.names import unknown_name
from hierarchical_models.registry import ModelSpec
from hierarchical_models.settings import BACKENDS

Point = Mapping[str, Any]


def log_density(
    model: ModelSpec,
    data: DataLike,
    points: Sequence[Point],
    *,
    backend: str,
    hyperparameters: Mapping[str, Any] | None = None,
) -> np.ndarray:
    """Log posterior density with the Jacobian, up to a constant.

    Parameters
    ----------
    model : ModelSpec
        The model.
    data : Dataset, ModelData, mapping of str to array, or DataFrame
        Its data.
    points : sequence of mapping of str to number or ndarray
        Values of every sampled parameter, on the scale on which they are reported.
    backend : {"pymc", "stan"}
        Which program to ask.
    hyperparameters : mapping of str to number or str, optional
        Those that differ from the defaults.

    Returns
    -------
    ndarray of float, shape (n_points,)
        ``-inf`` for a point that the program refuses, such as one outside the support.
    """
    evaluate = {"pymc": _pymc_log_density, "stan": _stan_log_density}
    if backend not in evaluate:
        raise unknown_name("backend", backend, BACKENDS)
    for point in points:
        for name in model.sampled_names:
            if name not in point:
                raise unknown_name(
                    f"{model.name}: parameter {name} missing at a point; given", name, point
                )
    hyper = model.resolve_hyperparameters(hyperparameters)
    values = evaluate[backend](model, data, points, hyper)
    return np.where(np.isfinite(values), values, -np.inf)


def _pymc_log_density(
    spec: ModelSpec, data: DataLike, points: Sequence[Point], hyper: Mapping[str, Any]
) -> np.ndarray:
    import pymc as pm
    from pytensor.graph.replace import graph_replace

    from hierarchical_models.backends.pymc_backend import build_model

    model = build_model(spec, prepare_inputs(spec, data), hyper)
    constrained = []
    replacements = {}
    for variable in model.free_RVs:
        given = variable.type(name=variable.name)
        transform = model.rvs_to_transforms[variable]
        value = model.rvs_to_values[variable]
        replacements[value] = (
            given if transform is None else transform.forward(given, *variable.owner.inputs)
        )
        constrained.append(given)
    density = graph_replace([model.logp(jacobian=True)], replacements, strict=False)[0]
    # PyMC's own compile turns a parameter outside its range into -inf instead of an error
    evaluate = pm.compile(constrained, density)
    with np.errstate(all="ignore"):
        return np.array(
            [
                float(
                    evaluate(
                        *(
                            np.asarray(point[given.name], dtype=given.type.dtype)
                            for given in constrained
                        )
                    )
                )
                for point in points
            ]
        )


def _stan_log_density(
    spec: ModelSpec, data: DataLike, points: Sequence[Point], hyper: Mapping[str, Any]
) -> np.ndarray:
    import cmdstanpy

    from hierarchical_models.backends.stan_backend import EXACT_DIGITS, stan_data
    from hierarchical_models.stan_executables import compile_model

    executable = compile_model(spec.stan_file)
    with tempfile.TemporaryDirectory(prefix="stan-density-") as name:
        folder = Path(name)
        cmdstanpy.write_stan_json(
            str(folder / "data.json"), stan_data(spec, prepare_inputs(spec, data), hyper)
        )
        return np.array(
            [_stan_point(executable, folder, spec, point, EXACT_DIGITS) for point in points]
        )


def _stan_point(
    executable: Path, folder: Path, spec: ModelSpec, point: Point, digits: int
) -> float:
    """Start CmdStan at the point and let it move by nothing that a double can show.

    CmdStan before 2.31 has no command for the log density, but writes ``lp__`` of each draw: one
    draw by a trajectory of length 1e-300 is the starting point itself.
    """
    start = {key: np.asarray(point[key], dtype=float).tolist() for key in spec.sampled_names}
    if not all(math.isfinite(number) for key in start for number in np.ravel(start[key])):
        return -math.inf
    (folder / "point.json").write_text(json.dumps(start))
    output = folder / "density.csv"
    output.unlink(missing_ok=True)
    length = ["int_time=1e-300", "stepsize=1e-300"]
    command = [
        str(executable),
        *("sample", "num_samples=1", "num_warmup=0", "adapt", "engaged=0"),
        *("algorithm=hmc", "engine=static", *length),
        *("random", "seed=1", f"init={folder / 'point.json'}"),
        *("data", f"file={folder / 'data.json'}"),
        *("output", f"file={output}", "refresh=0", f"sig_figs={digits}"),
    ]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    said = ran.stdout + ran.stderr
    if "Rejecting initial value" in said:
        return -math.inf
    if ran.returncode != 0:
        raise RuntimeError(f"CmdStan stopped at a point of {spec.name}:\n{said[-2000:]}")
    rows = csv.DictReader(
        line for line in output.read_text().splitlines() if not line.startswith("#")
    )
    return float(next(iter(rows))["lp__"])
