"""What the models need beside Python packages: a hook of ``lessonbook doctor``."""

from __future__ import annotations

import importlib.util
import tempfile
from pathlib import Path

from hierarchical_models.cache import cache_dir
from hierarchical_models.cmdstan import find_cmdstan
from hierarchical_models.cmdstan_build import ToolchainError, find_toolchain
from hierarchical_models.cmdstan_installation import INSTALL_COMMAND, CmdStanNotFoundError

STORES = ("fits", "executables")


def check() -> list[dict[str, str]]:
    """Look for CmdStan, a compiler, nutpie and the folders that results are kept in.

    Returns
    -------
    list of dict of str to str
        Each with ``name``, ``status`` ("ok", "missing" or "optional"), ``found`` and ``hint``.
    """
    return [*_check_cmdstan(), _check_nutpie(), *(_check_store(name) for name in STORES)]


def _check_cmdstan() -> list[dict[str, str]]:
    path: Path | None = None
    try:
        installation = find_cmdstan()
    except CmdStanNotFoundError as error:
        cmdstan = _record("CmdStan", "missing", str(error).splitlines()[0], INSTALL_COMMAND)
    else:
        path = installation.path
        cmdstan = _record("CmdStan", "ok", f"{installation.version_text} in {path}")
    try:
        toolchain = find_toolchain(path)
    except ToolchainError as error:
        return [cmdstan, _record("C++ compiler and make", "missing", "", str(error))]
    found = f"{toolchain.compiler_version}; {toolchain.make_version}"
    return [cmdstan, _record("C++ compiler and make", "ok", found)]


def _check_nutpie() -> dict[str, str]:
    if importlib.util.find_spec("nutpie") is not None:
        return _record("nutpie", "ok", "installed")
    hint = "PyMC's own sampler is slower; python -m pip install nutpie"
    return _record("nutpie", "optional", "not installed", hint)


def _check_store(name: str) -> dict[str, str]:
    what = f"store of {name}"
    try:
        folder = cache_dir(name)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        hint = "let this user write there, or name another folder in HIERARCHICAL_MODELS_CACHE"
        return _record(what, "missing", str(error), hint)
    return _record(what, "ok", str(folder))


def _record(name: str, status: str, found: str, hint: str = "") -> dict[str, str]:
    return {"name": name, "status": status, "found": found, "hint": hint}
