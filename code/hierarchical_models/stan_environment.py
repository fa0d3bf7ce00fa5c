"""Say which CmdStan and compiler there are, as ``lesson_environment`` wants to know it.

Run as a script, it takes a tenth of a second; lessonbook asks at every look at the course.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import ModuleType


def describe_environment() -> dict[str, dict[str, str | None]]:
    """Describe what Stan programs are compiled with.

    Returns
    -------
    dict
        For CmdStan its version and its folder, so that only episodes that read something in it
        depend on it; for the compiler its version. Nothing for what is not there.
    """
    from hierarchical_models import cmdstan_build, cmdstan_installation

    installation, _ = cmdstan_installation.search(cmdstan_installation.inspect_folder)
    found: dict[str, dict[str, str | None]] = {}
    if installation is not None:
        folder = str(installation.path.resolve())
        found["CmdStan"] = {"version": installation.version_text, "folder": folder}
    try:
        tools = cmdstan_build.find_toolchain(installation.path if installation else None)
    except cmdstan_build.ToolchainError:
        return found  # a course without a compiler is a course without Stan
    return {**found, "C++ compiler": {"version": tools.compiler_version, "folder": None}}


def _main() -> None:
    # The package itself imports ArviZ, which takes seconds and is of no use here.
    package = ModuleType("hierarchical_models")
    package.__path__ = [str(Path(__file__).parent)]
    sys.modules[package.__name__] = package
    print(json.dumps(describe_environment()))


if __name__ == "__main__":
    _main()
