"""Posteriors kept by content: the same model, data, settings and versions are sampled once.

An entry is two files, ``<key>.npz`` with the draws and ``<key>.json`` with the checksum of the
first and what went into the key. It is trusted only while the checksum holds.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import re
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import arviz as az
import xarray as xr
from filelock import FileLock

from hierarchical_models.cache import cache_dir
from hierarchical_models.compact_draws import compact, widen
from hierarchical_models.digests import digest, digest_array, digest_ingredients
from hierarchical_models.draws_files import read_draws, write_draws
from hierarchical_models.inputs import ModelInputs
from hierarchical_models.registry import ModelSpec
from hierarchical_models.settings import SamplerSettings, StudySettings

LIBRARIES = ("arviz", "cmdstanpy", "numpy", "nutpie", "pymc", "pytensor", "scipy", "xarray")
OWN_FOLDER = Path(__file__).parent
OWN_MODULES = (
    *sorted(OWN_FOLDER.joinpath("backends").glob("*.py")),
    OWN_FOLDER / "compact_draws.py",
    OWN_FOLDER / "inference_data.py",
    OWN_FOLDER / "inputs.py",
    OWN_FOLDER / "registry.py",
    OWN_FOLDER / "wiener.py",
)
"""Files of this package, beside the model's own, that shape what a fit returns."""

_SHARED_BY_MODELS = re.compile(r"^from hierarchical_models\.models\.(\w+) import", re.MULTILINE)

ENDING = ".npz"
"""Of the files with draws."""


class FitStoreWarning(UserWarning):
    """A stored fit was damaged, and is sampled again."""


def fit_key(
    spec: ModelSpec,
    inputs: ModelInputs,
    hyper: Mapping[str, Any],
    settings: SamplerSettings | StudySettings,
    cmdstan: str | None,
) -> tuple[str, dict[str, Any]]:
    """The key of a fit, and what it was made from.

    Parameters
    ----------
    spec : ModelSpec
        The model; its specification, the program that is run and what they import from beside
        the models go into the key.
    inputs : ModelInputs
        Its data, byte for byte.
    hyper : mapping of str to float or str
        Every hyperparameter.
    settings : SamplerSettings or StudySettings
        The sampler and its settings.
    cmdstan : str or None
        Version of CmdStan for a Stan fit, so that PyMC fits outlive a new CmdStan.

    Returns
    -------
    key : str
        64 hexadecimal digits.
    ingredients : dict
        What the key digests, for reports on why a fit is not found.
    """
    program = spec.folder / "pymc_model.py" if cmdstan is None else spec.stan_file
    files = [*_with_imports(spec.folder / "__init__.py", program), *OWN_MODULES]
    ingredients = {
        "model": spec.name,
        "files": {
            path.name if path.parent != spec.folder else f"{spec.name}/{path.name}": digest(
                path.read_bytes()
            )
            for path in files
        },
        "data": {name: digest_array(values) for name, values in sorted(inputs.values.items())},
        "dims": {
            dim: [name, inputs.sizes[dim], digest_array(inputs.coords[dim])]
            for dim, name in sorted(inputs.dims.items())
        },
        "hyperparameters": {name: repr(value) for name, value in sorted(hyper.items())},
        "settings": {name: repr(value) for name, value in sorted(vars(settings).items())},
        "versions": {**library_versions(), "cmdstan": cmdstan},
    }
    return digest_ingredients(ingredients), ingredients


def stan_version() -> str:
    """Version of the CmdStan that fits are made with, such as ``2.27.0``."""
    from hierarchical_models import cmdstan

    return ".".join(str(part) for part in cmdstan.find_cmdstan().version)


def _with_imports(*files: Path) -> list[Path]:
    """Return files and what they import from the modules that models share."""
    found = dict.fromkeys(files)
    waiting = list(files)
    while waiting:
        names = _SHARED_BY_MODELS.findall(waiting.pop().read_text(encoding="utf-8"))
        new = [OWN_FOLDER / "models" / f"{name}.py" for name in names]
        waiting += [path for path in new if path not in found]
        found |= dict.fromkeys(new)
    return [*files, *sorted(found.keys() - set(files))]


def load_or_sample(
    key: str, ingredients: Mapping[str, Any], sample: Callable[[], az.InferenceData]
) -> az.InferenceData:
    """Take a fit from the store, or sample it and keep it there.

    Parameters
    ----------
    key : str
        From `fit_key`.
    ingredients : mapping
        From `fit_key`.
    sample : callable
        Makes the fit when the store has none that can be trusted.

    Returns
    -------
    arviz.InferenceData
        The fit, in memory.
    """
    folder = cache_dir("fits", key[:2])
    entry, card = folder / f"{key}{ENDING}", folder / f"{key}.json"
    with FileLock(folder / f"{key}.lock"):
        stored = _read(entry, card)
        if stored is not None:
            return stored
        # of the same layout in memory as what is read, on which the last digits of sums depend
        idata = as_stored(sample())
        with _replacing(entry) as temporary:
            # draws are nearly random: compressed, they take 7 % less room and ten times as long
            write_draws(compact(idata), temporary)
            checksum = digest(temporary.read_bytes())
        with _replacing(card) as temporary:
            temporary.write_text(
                json.dumps({"sha256": checksum, "made_from": ingredients}, indent=1, sort_keys=True)
            )
        return idata


def as_stored(idata: az.InferenceData) -> az.InferenceData:
    """A fit as it comes back from the store: the same values, in arrays that lie in one piece."""
    return widen(compact(idata)).map(_in_one_piece)


def _in_one_piece(group: xr.Dataset) -> xr.Dataset:
    """Coordinates too: those of draws that were left out are steps through those of all."""
    pieces = {
        name: (coordinate.dims, coordinate.to_numpy().copy("C"), coordinate.attrs)
        for name, coordinate in group.coords.items()
    }
    return group.assign_coords(pieces)


def _read(entry: Path, card: Path) -> az.InferenceData | None:
    if not entry.exists() and not card.exists():
        return None
    try:
        expected = json.loads(card.read_text())["sha256"]
        if digest(entry.read_bytes()) != expected:
            raise ValueError("its checksum does not hold")
        idata = widen(read_draws(entry))
        # its date says when the fit was last used, see `hierarchical_models.prune`; a store that
        # may only be read is not pruned either
        with contextlib.suppress(OSError):
            card.touch()
        return idata
    except (OSError, ValueError, KeyError, TypeError) as error:
        warnings.warn(
            f"stored fit {entry.name[:12]}… is damaged ({error}) and is sampled again",
            FitStoreWarning,
            stacklevel=4,
        )
        return None


@contextlib.contextmanager
def _replacing(target: Path) -> Iterator[Path]:
    """A temporary file that takes the target's place when its writing has succeeded."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".new-", suffix=target.suffix)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


@cache
def library_versions() -> Mapping[str, str]:
    """Versions of what every fit depends on; those of a running process stay."""
    return {
        **{name: version(name) for name in LIBRARIES},
        "python": platform.python_version(),
        "machine": platform.machine(),
    }
