"""Both packages import from the source root, which shadows nothing of the standard library."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent


def run(code: str, cwd: Path) -> str:
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=cwd
    )
    return ran.stdout.strip()


def test_standard_library_code_is_intact_in_the_checkout_and_outside(tmp_path):
    # a package of that name here would break pdb, and with it IPython and every kernel
    for folder in (ROOT, tmp_path):
        found = run(
            "import code, pdb; print(code.__file__, code.InteractiveConsole.__name__)", folder
        )
        file, name = found.split()
        assert Path(file).is_relative_to(sysconfig.get_path("stdlib"))
        assert name == "InteractiveConsole"


def test_source_root_is_not_a_package():
    assert not (ROOT / "code" / "__init__.py").exists()


def test_packages_are_installed_from_this_checkout(tmp_path):
    for package in ("hierarchical_models", "lessonbook"):
        file = run(f"import {package}; print({package}.__file__)", tmp_path)
        assert Path(file) == ROOT / "code" / package / "__init__.py"


def test_wheel_holds_every_file_that_the_packages_read(tmp_path):
    # in a copy, as building leaves folders behind
    source = tmp_path / "source"
    ignored = shutil.ignore_patterns("__pycache__", ".*", "*.egg-info")
    shutil.copytree(ROOT / "code", source / "code", ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "--quiet", "--wheel-dir", tmp_path, source], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    files = {
        path.relative_to(source / "code").as_posix()
        for package in ("hierarchical_models", "lessonbook")
        for path in (source / "code" / package).rglob("*")
        if path.is_file() and path.name not in ("AUTHORING.md", "ruff.toml")
    }
    assert files - packed == set()


def test_importing_the_models_does_not_wait_for_arviz_or_pymc(tmp_path):
    code = "import hierarchical_models, sys; print({'arviz', 'pymc', 'xarray'} & {*sys.modules})"
    assert run(code, tmp_path) == "set()"


def test_every_public_name_of_the_models_is_found_when_it_is_asked_for(tmp_path):
    code = (
        "import hierarchical_models as h; from hierarchical_models import *; "
        "print({*h.__all__} == {*h._HOMES} and all(callable(globals()[n]) for n in h.__all__), "
        "{*h.__all__} <= {*dir(h)})"
    )
    assert run(code, tmp_path) == "True True"


def test_arviz_is_adjusted_whoever_imports_it_and_whenever(tmp_path):
    check = "from arviz.utils import Numba; print(Numba.numba_flag)"
    for order in (
        "import hierarchical_models, arviz",
        "import arviz, hierarchical_models",
        "from hierarchical_models import loo",
    ):
        assert run(f"{order}; {check}", tmp_path) == "False"


def test_generator_does_not_know_the_course():
    for module in (ROOT / "code" / "lessonbook").rglob("*.py"):
        assert not re.search(r"^\s*(from|import) hierarchical_models", module.read_text(), re.M), (
            module
        )


def test_lock_file_has_hashes_and_no_address():
    text = (ROOT / "requirements.lock").read_text()
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links", text)
    pins = re.findall(r"^\S+==\S+", text, flags=re.M)
    assert len(pins) > 100
    blocks = re.split(r"^(?=\S+==)", text, flags=re.M)[1:]
    assert all("--hash=sha256:" in block for block in blocks)
