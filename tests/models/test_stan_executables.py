"""A Stan program is compiled once per source, CmdStan, compiler and flags."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from hierarchical_models.cmdstan import CmdStanNotFoundError
from hierarchical_models.cmdstan_build import ToolchainError
from hierarchical_models.stan_executables import (
    StanCompileError,
    compile_model,
    compile_models,
)
from tests.models import fake_cmdstan as fake

NORMAL = "parameters { real y; }\nmodel { y ~ normal(0, 1); }\n"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The root of the only CmdStan, which is a fake one."""
    root = fake.isolate(monkeypatch, tmp_path)
    fake.write_built_tree(root / "cmdstan-2.27.0")
    monkeypatch.setenv("FAKE_COMPILES", str(tmp_path / "compiles"))
    return root


@pytest.fixture
def program(root: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "models" / "small_world"
    folder.mkdir(parents=True)
    file = folder / "model.stan"
    file.write_text(NORMAL)
    return file


def compiled(tmp_path: Path) -> int:
    """How often the C++ compiler was at work."""
    file = tmp_path / "compiles"
    return len(file.read_text().splitlines()) if file.is_file() else 0


def store(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "executables"


def test_executable_is_compiled_once_outside_the_source_tree(program: Path, tmp_path: Path) -> None:
    first = compile_model(program)
    second = compile_model(program)

    assert first == second
    assert first.parent.parent == store(tmp_path)
    assert first.name == "model"
    assert first.parent.name.startswith("model-")
    assert len(first.parent.name) == len("model-") + 16
    assert os.access(first, os.X_OK)
    assert "normal(0, 1)" in first.read_text()
    assert compiled(tmp_path) == 1
    assert [path.name for path in program.parent.iterdir()] == ["model.stan"]


def test_same_source_elsewhere_is_not_compiled_again(program: Path, tmp_path: Path) -> None:
    copy = tmp_path / "other_checkout" / "model.stan"
    copy.parent.mkdir()
    shutil.copy(program, copy)

    assert compile_model(program) == compile_model(copy)
    assert compiled(tmp_path) == 1


def test_changed_source_is_compiled_again(program: Path, tmp_path: Path) -> None:
    first = compile_model(program)
    program.write_text(NORMAL.replace("0, 1", "0, 2"))
    second = compile_model(program)

    assert first != second
    assert "normal(0, 2)" in second.read_text()
    assert first.is_file()
    assert compiled(tmp_path) == 2


def test_changed_file_that_is_included_by_an_included_one_compiles_again(
    program: Path, tmp_path: Path
) -> None:
    program.write_text(f"#include outer.stan\n{NORMAL}")
    (program.parent / "outer.stan").write_text('#include "inner.stan"\n')
    inner = program.parent / "inner.stan"
    inner.write_text("functions { }\n")
    first = compile_model(program)
    inner.write_text("functions { /* changed */ }\n")

    assert compile_model(program) != first
    assert compiled(tmp_path) == 2


def use_another_version(root: Path) -> None:
    fake.write_built_tree(root / "cmdstan-2.31.0", version="2.31.0")


def use_another_folder(root: Path) -> None:
    (root / "cmdstan-2.27.0").rename(root / "cmdstan-2.27.0-moved")


def use_own_settings(root: Path) -> None:
    (root / "cmdstan-2.27.0/make/local").write_text("STAN_THREADS=true\n")


def use_another_flag(root: Path) -> None:
    os.environ["CXXFLAGS"] = "-O1"


def use_another_compiler(root: Path) -> None:
    other = root / "other-g++"
    other.write_text("#!/bin/sh\necho other compiler 1.0\n")
    other.chmod(0o755)
    os.environ["CXX"] = str(other)


@pytest.mark.parametrize(
    "change",
    [
        use_another_version,
        use_another_folder,
        use_own_settings,
        use_another_flag,
        use_another_compiler,
    ],
)
def test_another_way_to_compile_gives_another_executable(
    change: object, program: Path, root: Path, tmp_path: Path
) -> None:
    first = compile_model(program)
    assert callable(change)
    change(root)

    assert compile_model(program) != first
    assert compiled(tmp_path) == 2


def shorten(executable: Path) -> None:
    executable.write_bytes(executable.read_bytes()[:10])


def flip_one_byte(executable: Path) -> None:
    content = bytearray(executable.read_bytes())
    content[-2] ^= 1
    executable.write_bytes(content)


def remove_executable(executable: Path) -> None:
    executable.unlink()


def forbid_to_run(executable: Path) -> None:
    executable.chmod(0o600)


def damage_note(executable: Path) -> None:
    executable.with_name("model.json").write_text("{")


def remove_note(executable: Path) -> None:
    executable.with_name("model.json").unlink()


@pytest.mark.parametrize(
    "damage",
    [shorten, flip_one_byte, remove_executable, forbid_to_run, damage_note, remove_note],
)
def test_damaged_executable_is_compiled_again_with_a_warning(
    damage: object, program: Path, tmp_path: Path
) -> None:
    executable = compile_model(program)
    content = executable.read_bytes()
    assert callable(damage)
    damage(executable)

    with pytest.warns(RuntimeWarning, match="damaged, it is not the file that was stored"):
        again = compile_model(program)

    assert again == executable
    assert again.read_bytes() == content
    assert compiled(tmp_path) == 2
    assert compile_model(program) == executable
    assert compiled(tmp_path) == 2


def test_what_an_interrupted_compilation_left_is_removed(program: Path, tmp_path: Path) -> None:
    executable = compile_model(program)
    shutil.rmtree(executable.parent)
    left = store(tmp_path) / f".building-{executable.parent.name}"
    left.mkdir()
    (left / "model").write_text("half an executable")

    assert compile_model(program).read_text() != "half an executable"
    assert not left.exists()


def test_error_of_the_stan_compiler_has_its_place_in_the_file_of_the_author(
    program: Path, tmp_path: Path
) -> None:
    program.write_text("parameters { real y; }\n\nsyntax_error\n")

    with pytest.raises(StanCompileError) as caught:
        compile_model(program)

    message = str(caught.value)
    assert message.startswith(f"{program}:3: the Stan compiler refuses the program:\n")
    assert f"Syntax error in '{program}', line 3, column 2" in message
    assert [path.suffix for path in store(tmp_path).iterdir()] == [".lock"]


def test_error_of_the_cpp_compiler_names_the_program(program: Path) -> None:
    program.write_text("// cpp_error\n")

    with pytest.raises(StanCompileError) as caught:
        compile_model(program)

    assert str(caught.value).startswith(f"{program}: the C++ compiler failed: make ")


@pytest.mark.parametrize("name", ["gone.stan", "model.txt"])
def test_file_that_is_no_stan_program_is_refused(name: str, program: Path) -> None:
    (program.parent / "model.txt").write_text(NORMAL)

    with pytest.raises(StanCompileError, match=f"{name}: no such file, or its name does not"):
        compile_model(program.parent / name)


def test_names_that_make_cannot_handle_compile_all_the_same(
    program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    awkward = tmp_path / "it's a folder" / "my model.stan"
    awkward.parent.mkdir()
    shutil.copy(program, awkward)
    monkeypatch.setenv("HIERARCHICAL_MODELS_CACHE", str(tmp_path / "a cache"))

    executable = compile_model(awkward)

    assert executable.name == "my model"
    assert tmp_path / "a cache" in executable.parents
    assert "normal(0, 1)" in executable.read_text()


def test_relative_path_is_taken_from_the_working_folder(
    program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(program.parent)

    assert compile_model(Path("model.stan")) == compile_model(program)


def test_compiling_says_so_only_when_asked(
    program: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    compile_model(program)
    assert capsys.readouterr().out == ""

    program.write_text(f"{NORMAL}\n")
    compile_model(program, progress=True)
    assert capsys.readouterr().out == f"compiling {program}\n"


def test_without_cmdstan_the_error_says_how_to_get_it(program: Path, root: Path) -> None:
    shutil.rmtree(root)

    with pytest.raises(CmdStanNotFoundError, match=r"hierarchical_models\.cmdstan install"):
        compile_model(program)


def test_without_a_compiler_the_error_says_how_to_get_it(
    program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CXX", "no-such-compiler")

    with pytest.raises(ToolchainError, match="apt-get install"):
        compile_model(program)


def test_store_that_cannot_be_written_is_reported(
    program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = store(tmp_path)
    folder.mkdir(parents=True)
    monkeypatch.setattr("filelock.FileLock.acquire", _refuse)

    with pytest.raises(RuntimeError, match="choose another folder with HIERARCHICAL_MODELS_CACHE"):
        compile_model(program)


def _refuse(*_: object, **__: object) -> None:
    raise PermissionError(13, "Permission denied")


# Several at once


def write_programs(folder: Path, count: int) -> list[Path]:
    files = [folder / f"model_{number}.stan" for number in range(count)]
    for number, file in enumerate(files):
        file.write_text(NORMAL.replace("0, 1", f"0, {number + 1}"))
    return files


def test_several_programs_are_compiled_at_the_same_time_and_returned_in_order(
    program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = write_programs(program.parent, 3)
    meeting = tmp_path / "meeting"
    meeting.mkdir()
    monkeypatch.setenv("FAKE_MEETING", str(meeting))

    executables = compile_models(files, jobs=3)

    assert [executable.name for executable in executables] == ["model_0", "model_1", "model_2"]
    assert "normal(0, 3)" in executables[2].read_text()
    # Each compilation waited until all three had begun.
    assert len(list(meeting.iterdir())) == 3


def test_same_program_from_several_threads_is_compiled_once(program: Path, tmp_path: Path) -> None:
    assert len(set(compile_models([program] * 4, jobs=4))) == 1
    assert compiled(tmp_path) == 1


def test_every_program_that_does_not_compile_is_reported(program: Path, tmp_path: Path) -> None:
    files = write_programs(program.parent, 3)
    files[0].write_text("syntax_error\n")
    files[2].write_text("\nsyntax_error\n")

    with pytest.raises(StanCompileError) as caught:
        compile_models(files)

    assert f"{files[0]}:1: " in str(caught.value)
    assert f"{files[2]}:2: " in str(caught.value)
    assert compiled(tmp_path) == 1


@pytest.mark.parametrize("call", ["compile_model(files[0])", "compile_models(files)"])
def test_interrupted_compilation_ends_its_compilers_and_leaves_nothing(
    call: str, program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting = tmp_path / "meeting"
    meeting.mkdir()
    # Two programs wait for a third that never comes.
    monkeypatch.setenv("FAKE_MEETING", str(meeting))
    files = [str(file) for file in write_programs(program.parent, 2)]
    script = (
        "import pathlib, sys\n"
        "from hierarchical_models.stan_executables import compile_model, compile_models\n"
        "files = [pathlib.Path(name) for name in sys.argv[1:]]\n"
        f"{call}\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, *files], stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 60
    while not list(meeting.iterdir()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)

    assert "KeyboardInterrupt" in errors.splitlines()[-1]
    assert {path.suffix for path in store(tmp_path).iterdir()} == {".lock"}
    root = str(tmp_path / "root")
    cwds = [str(other.info["cwd"] or "") for other in psutil.process_iter(["cwd"])]
    assert not [cwd for cwd in cwds if cwd.startswith(root)]


# The real one


def test_real_program_compiles_and_draws_from_its_distribution(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HIERARCHICAL_MODELS_CACHE", str(tmp_path / "cache"))
    program = tmp_path / "normal.stan"
    program.write_text("parameters { real y; }\nmodel { y ~ normal(3, 1); }\n")

    executable = compile_model(program)
    refused = tmp_path / "refused.stan"
    refused.write_text("parameters { real y; }\nmodel {\n  y ~ normal(3);\n}\n")
    with pytest.raises(StanCompileError) as caught:
        compile_model(refused)

    arguments = ["sample", "num_samples=1000", "random", "seed=1", "output", "file=draws.csv"]
    subprocess.run([executable, *arguments], cwd=tmp_path, check=True, capture_output=True)
    rows = [row for row in (tmp_path / "draws.csv").read_text().splitlines() if row[:1] != "#"]
    column = rows[0].split(",").index("y")
    draws = [float(row.split(",")[column]) for row in rows[1:]]
    assert len(draws) == 1000
    assert sum(draws) / len(draws) == pytest.approx(3, abs=0.25)
    assert str(caught.value).startswith(f"{refused}:3: the Stan compiler refuses the program:")
    assert f"error in '{refused}', line 3" in str(caught.value)
    note = json.loads(executable.with_name("normal.json").read_text())
    assert note["size"] == executable.stat().st_size
