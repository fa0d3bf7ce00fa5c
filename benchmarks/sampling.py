"""How fast is `fit`, beside the samplers called directly with the same model?

    python benchmarks/sampling.py
    python benchmarks/sampling.py --target-accept 0.8 --repeats 5

The model is that of varying intercepts and slopes on the radon data. Every sampler runs the same
number of chains, warm-up and kept draws with the same target acceptance rate, one after the other,
the same seeds for all; speed is effective draws of the slowest parameter per second of sampling,
summed over the repeats. Compiling, and what `fit` does besides (draws from the prior, predictions,
log likelihood, diagnostics), have columns of their own.

NumPyro is no dependency of the course: it takes part where it is installed.
"""

from __future__ import annotations

import argparse
import logging
import os
import platform
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import arviz as az
import numpy as np
import pandas as pd

from hierarchical_models import datasets, fit, get_model
from hierarchical_models.diagnostics import PROBLEMS
from hierarchical_models.inputs import ModelInputs, prepare_inputs
from hierarchical_models.settings import SamplerSettings

MODEL = "radon_varying_slope"
ANY_PROBLEM = tuple(f"{kind}: speed is measured, not quality" for kind in PROBLEMS)
CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True)
class Run:
    """One run of one sampler.

    Parameters
    ----------
    draws : mapping of str to ndarray, shape (chains, draws, ...)
        The posterior of every parameter that is sampled.
    compile_seconds, sampling_seconds, total_seconds : float
        The first two are parts of the last.
    """

    draws: Mapping[str, np.ndarray]
    compile_seconds: float
    sampling_seconds: float
    total_seconds: float

    @property
    def slowest(self) -> float:
        """Effective draws in the bulk of the parameter that has the fewest."""
        ess = az.ess(az.convert_to_dataset(dict(self.draws)))
        return min(float(ess[name].min()) for name in ess.data_vars)


Sampler = Callable[[SamplerSettings], Run]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table.

    Parameters
    ----------
    arguments : sequence of str, optional
        Instead of the command line's.

    Returns
    -------
    int
        Exit status: 1 where a sampler's posterior is not that of the others, else 0.
    """
    options = _parse(arguments)
    _silence()
    inputs = prepare_inputs(get_model(MODEL), datasets.load("radon"))
    print(_circumstances(options))
    with tempfile.TemporaryDirectory(prefix="sampling-") as folder:
        samplers = dict(_samplers(inputs, Path(folder), options.chains))
        runs: dict[str, list[Run]] = {name: [] for name in samplers}
        for repeat in range(options.repeats + 1):
            settings = SamplerSettings(
                "",
                seed=options.seed + repeat,
                chains=options.chains,
                draws=options.draws,
                tune=options.tune,
                target_accept=options.target_accept,
            )
            for name, sampler in samplers.items():
                run = sampler(settings)
                note = "" if repeat else " (to warm up: only its compiling counts)"
                print(
                    f"  {name}: {run.sampling_seconds:.2f} s, "
                    f"{run.slowest:.0f} effective draws{note}",
                    flush=True,
                )
                runs[name].append(run)
    table = summarise(runs)
    print(f"\n{table.to_string(float_format=lambda number: f'{number:.2f}')}\n")
    print(_verdict(table))
    return _compare_posteriors(runs)


def summarise(runs: Mapping[str, Sequence[Run]]) -> pd.DataFrame:
    """The table of the benchmark.

    Parameters
    ----------
    runs : mapping of str to sequence of Run
        Of each sampler; the first of them warms up, and gives the time for compiling.

    Returns
    -------
    pandas.DataFrame
        A row for each sampler, the fastest first.
    """
    rows = {}
    for name, (first, *warm) in runs.items():
        seconds = sum(run.sampling_seconds for run in warm)
        ess = sum(run.slowest for run in warm)
        rows[name] = {
            "compile s, first": first.compile_seconds,
            "compile s, warm": np.mean([run.compile_seconds for run in warm]),
            "sampling s": seconds / len(warm),
            "all s, warm": np.mean([run.total_seconds for run in warm]),
            "slowest ESS": ess / len(warm),
            "ESS per s": ess / seconds,
        }
    table = pd.DataFrame.from_dict(rows, orient="index")
    direct = table.loc[[name for name in table.index if not name.startswith("fit")], "ESS per s"]
    table["of best direct"] = table["ESS per s"] / direct.max()
    return table.sort_values("ESS per s", ascending=False)


def _verdict(table: pd.DataFrame) -> str:
    ours = table.loc[[name for name in table.index if name.startswith("fit")], "of best direct"]
    best = next(name for name in table.index if not name.startswith("fit"))
    return f"{ours.idxmax()}: {ours.max():.2f} times the best called directly ({best})"


def _compare_posteriors(runs: Mapping[str, Sequence[Run]]) -> int:
    """Speed counts only where the posterior is the same."""
    status = 0
    moments = {}
    for name, (_, *warm) in runs.items():
        draws = np.concatenate([run.draws["sigma_beta"] for run in warm])
        error = draws.std() / np.sqrt(az.ess(draws))
        moments[name] = draws.mean(), float(error)
    mean, error = moments["fit, PyMC"]
    for name, (other, other_error) in moments.items():
        if abs(other - mean) > 4 * np.hypot(error, other_error):
            print(f"{name}: mean of sigma_beta is {other:.3f}, not {mean:.3f} as of fit")
            status = 1
    return status


# --- the samplers ---------------------------------------------------------------------------------


def _samplers(inputs: ModelInputs, folder: Path, chains: int) -> Iterator[tuple[str, Sampler]]:
    for backend, title in (("pymc", "fit, PyMC"), ("stan", "fit, Stan")):
        yield title, _fit(backend)
    yield "pm.sample", _pm_sample(inputs)
    yield "nutpie", _nutpie(inputs)
    yield "CmdStanPy", _cmdstanpy(inputs, folder)
    if find_spec("numpyro"):
        yield "NumPyro", _numpyro(inputs, chains)
    else:
        print("NumPyro is not installed and takes no part.")


def _fit(backend: str) -> Sampler:
    def sample(settings: SamplerSettings) -> Run:
        started = time.perf_counter()
        idata = fit(
            MODEL,
            datasets.load("radon"),
            backend=backend,
            seed=settings.seed,
            chains=settings.chains,
            draws=settings.draws,
            tune=settings.tune,
            target_accept=settings.target_accept,
            expect=ANY_PROBLEM,
            store=False,
        )
        seconds = time.perf_counter() - started
        attrs = idata.posterior.attrs
        return Run(_sampled(idata), attrs["compile_seconds"], attrs["sampling_seconds"], seconds)

    return sample


def _pm_sample(inputs: ModelInputs) -> Sampler:
    import pymc as pm

    def sample(settings: SamplerSettings) -> Run:
        model = _pymc_model(inputs)
        started = time.perf_counter()
        idata = pm.sample(
            model=model,
            draws=settings.draws,
            tune=settings.tune,
            chains=settings.chains,
            cores=min(CORES, settings.chains),
            random_seed=settings.seed,
            target_accept=settings.target_accept,
            nuts_sampler="pymc",
            progressbar=False,
            compute_convergence_checks=False,
        )
        seconds = time.perf_counter() - started
        sampling = float(idata.posterior.attrs["sampling_time"])
        return Run(_sampled(idata), seconds - sampling, sampling, seconds)

    return sample


def _nutpie(inputs: ModelInputs) -> Sampler:
    import nutpie

    def sample(settings: SamplerSettings) -> Run:
        model = _pymc_model(inputs)
        started = time.perf_counter()
        compiled = nutpie.compile_pymc_model(model)
        between = time.perf_counter()
        idata = nutpie.sample(
            compiled,
            draws=settings.draws,
            tune=settings.tune,
            chains=settings.chains,
            cores=min(CORES, settings.chains),
            seed=settings.seed,
            target_accept=settings.target_accept,
            progress_bar=False,
        )
        ended = time.perf_counter()
        return Run(_sampled(idata), between - started, ended - between, ended - started)

    return sample


def _cmdstanpy(inputs: ModelInputs, folder: Path) -> Sampler:
    """The Stan program without its generated quantities, which only `fit` asks for."""
    import cmdstanpy

    from hierarchical_models.backends.stan_backend import stan_data
    from hierarchical_models.cmdstan import find_cmdstan
    from hierarchical_models.stan_executables import compile_model

    spec = get_model(MODEL)
    cmdstanpy.set_cmdstan_path(str(find_cmdstan().path))
    program = folder / "without_generated_quantities.stan"
    program.write_text(spec.stan_file.read_text().split("generated quantities {")[0])
    data = stan_data(spec, inputs, spec.resolve_hyperparameters({}))

    def sample(settings: SamplerSettings) -> Run:
        started = time.perf_counter()
        executable = compile_model(program)
        between = time.perf_counter()
        with tempfile.TemporaryDirectory(dir=folder) as output:
            result = cmdstanpy.CmdStanModel(exe_file=str(executable)).sample(
                data=data,
                chains=settings.chains,
                parallel_chains=min(CORES, settings.chains),
                iter_warmup=settings.tune,
                iter_sampling=settings.draws,
                seed=settings.seed + 1,
                adapt_delta=settings.target_accept,
                show_progress=False,
                output_dir=output,
            )
            ended = time.perf_counter()
            draws = {
                name: result.stan_variable(name).reshape(
                    settings.chains, settings.draws, *result.stan_variable(name).shape[1:]
                )
                for name in spec.sampled_names
            }
        return Run(draws, between - started, ended - between, ended - started)

    return sample


def _numpyro(inputs: ModelInputs, chains: int) -> Sampler:
    import jax
    import jax.numpy as jnp
    import numpyro
    import numpyro.distributions as dist
    from numpyro.infer import MCMC, NUTS

    numpyro.set_host_device_count(chains)  # JAX runs one chain on each of what it takes for devices
    numpyro.enable_x64()  # the precision of the others
    hyper = get_model(MODEL).resolve_hyperparameters({})
    n_groups = inputs.sizes["group"]
    x, y, group = (jnp.asarray(inputs.values[name]) for name in ("x", "y", "group"))

    def model(x: jax.Array, group: jax.Array, y: jax.Array) -> None:
        effects = {}
        for name in ("alpha", "beta"):
            mean = numpyro.sample(
                f"mu_{name}", dist.Normal(hyper[f"mu_{name}_mean"], hyper[f"mu_{name}_scale"])
            )
            spread = numpyro.sample(f"sigma_{name}", dist.HalfNormal(hyper[f"sigma_{name}_scale"]))
            with numpyro.plate(f"groups_{name}", n_groups):
                raw = numpyro.sample(f"{name}_raw", dist.Normal(0, 1))
            effects[name] = mean + spread * raw
        sigma_y = numpyro.sample("sigma_y", dist.HalfNormal(hyper["sigma_y_scale"]))
        mean = effects["alpha"][group] + effects["beta"][group] * x
        with numpyro.plate("observations", len(y)):
            numpyro.sample("y", dist.Normal(mean, sigma_y), obs=y)

    samplers: dict[tuple[float, ...], MCMC] = {}

    def sample(settings: SamplerSettings) -> Run:
        shape = (settings.chains, settings.draws, settings.tune, settings.target_accept)
        is_first = shape not in samplers
        sampler = samplers.setdefault(
            shape,
            MCMC(
                NUTS(model, target_accept_prob=settings.target_accept),
                num_warmup=settings.tune,
                num_samples=settings.draws,
                num_chains=settings.chains,
                chain_method="parallel",
                progress_bar=False,
            ),
        )
        times = []
        # compiled at the first run, which is made twice so that its sampling can be told apart
        for _ in range(2 if is_first else 1):
            started = time.perf_counter()
            sampler.run(jax.random.PRNGKey(settings.seed), x, group, y)
            draws = {
                name: np.asarray(values)
                for name, values in sampler.get_samples(group_by_chain=True).items()
            }
            times.append(time.perf_counter() - started)
        compiling = max(0.0, times[0] - times[-1])
        return Run(draws, compiling, times[-1], compiling + times[-1])

    return sample


def _pymc_model(inputs: ModelInputs):
    from hierarchical_models.backends.pymc_backend import build_model

    spec = get_model(MODEL)
    return build_model(spec, inputs, spec.resolve_hyperparameters({}))


def _sampled(idata: az.InferenceData) -> dict[str, np.ndarray]:
    return {name: idata.posterior[name].to_numpy() for name in get_model(MODEL).sampled_names}


# --- around them ----------------------------------------------------------------------------------


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    defaults = SamplerSettings("", seed=1)
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=3, help="timed runs of each sampler")
    parser.add_argument("--seed", type=int, default=1, help="seed of the first run")
    for name in ("chains", "draws", "tune", "target_accept"):
        value = getattr(defaults, name)
        parser.add_argument(
            f"--{name.replace('_', '-')}",
            type=type(value),
            default=value,
            help=f"default: {value}, as of fit",
        )
    return parser.parse_args(arguments)


def _circumstances(options: argparse.Namespace) -> str:
    libraries = [
        f"{name} {version(name)}"
        for name in ("pymc", "nutpie", "cmdstanpy", "numpyro", "jax")
        if find_spec(name)
    ]
    return (
        f"{MODEL}: {options.chains} chains of {options.tune} + {options.draws} draws on {CORES} "
        f"cores, target acceptance {options.target_accept}\n"
        f"Python {platform.python_version()}, {', '.join(libraries)}"
    )


def _silence() -> None:
    """Keep what the samplers say of their routine steps and of convergence out of the table."""
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")


if __name__ == "__main__":
    sys.exit(main())
