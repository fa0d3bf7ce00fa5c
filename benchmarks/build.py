"""How long does a build take, beside a plain Jupyter Book's on the same episodes?

    python benchmarks/build.py
    python benchmarks/build.py --rows cold prose
    python benchmarks/build.py --rows synthetic --sizes 10 100 1000

Works on a copy of the course, with caches of its own, so that neither the checkout nor the user's
caches are touched. CmdStan must be installed. Plain Jupyter Book is what a course without
lessonbook has: MyST-NB's execution cache, whose key is the code cells alone, and no stored fits:
a posterior that is asked for again is sampled again, within a build too.
Both sides render the same pages; ours renders the instructors' view as well, unless `--view` says
otherwise. Both sides keep compiled Stan programs.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

COURSE = Path(__file__).resolve().parent.parent
COPIED = ("_config.yml", "_toc.yml", "book", "code", "episodes", "requirements.lock")
JUPYTER_BOOK = "from jupyter_book.cli.main import main; main()"
FITTING = ("calibration.py", "fitting.py", "formulas.py")
STORES = "store: bool = True"
"""What fits are kept by, in these modules of the models' package."""

OUTPUT_CELL = re.compile(
    r"^```\{code-cell\}[^\n]*\n(?:---\n.*?\n---\n|(?::[^\n]*\n)*)", re.M | re.S
)
EPISODE = """\
---
file_format: mystnb
kernelspec:
  name: python3
title: Episode {number}
---

Some prose about number {number}, with $x^2$ and a number: {{eval}}`{number} + 1`.

```{{code-cell}} python
print({number})
```
"""


@dataclass(frozen=True)
class Row:
    """A line of the table: what was done, the target, and what was found."""

    what: str
    target: str
    found: str
    is_reached: bool

    def __str__(self) -> str:
        return (
            f"{self.what:34} {self.target:38} {self.found:52} {'yes' if self.is_reached else 'NO'}"
        )


class Copy:
    """A copy of the course, with caches of its own.

    Parameters
    ----------
    folder : pathlib.Path
        An empty folder to work in.
    is_plain : bool
        Whether plain Jupyter Book builds it.
    view : str
        What our build renders.
    """

    def __init__(self, folder: Path, *, is_plain: bool, view: str) -> None:
        self.root, self.caches = folder / "course", folder / "caches"
        self.is_plain, self.view = is_plain, view
        self.root.mkdir(parents=True)
        for name in COPIED:
            source = COURSE / name
            if source.is_dir():
                ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
                shutil.copytree(source, self.root / name, ignore=ignored)
            else:
                shutil.copy2(source, self.root / name)
        if is_plain:
            # its cache looks at nothing but the code cells
            config = yaml.safe_load((self.root / "_config.yml").read_text("utf8"))
            config["sphinx"]["config"]["lesson_dependencies"] = ["no/such/file"]
            (self.root / "_config.yml").write_text(yaml.safe_dump(config), "utf8")
            self._store_no_fits()

    def _store_no_fits(self) -> None:
        for name in FITTING:
            file = self.root / "code" / "hierarchical_models" / name
            text = file.read_text("utf8")
            if text.count(STORES) != 1:
                raise SystemExit(f"{file}: found no {STORES!r}; bring this benchmark up to date")
            file.write_text(text.replace(STORES, STORES.replace("True", "False")), "utf8")

    def build(self) -> tuple[float, str]:
        """Build; return the seconds and what was printed."""
        if self.is_plain:
            command = [sys.executable, "-c", JUPYTER_BOOK, "build", str(self.root)]
        else:
            command = [sys.executable, "-m", "lessonbook", "build", "--view", self.view]
            command += ["--root", str(self.root)]
        environment = {
            **os.environ,
            "HIERARCHICAL_MODELS_CACHE": str(self.caches / "models"),
            "PYTENSOR_FLAGS": f"base_compiledir={self.caches / 'pytensor'}",
            "PYTHONPATH": str(self.root / "code"),
        }
        begun = time.perf_counter()
        ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        seconds = time.perf_counter() - begun
        if ran.returncode:
            raise SystemExit(f"{' '.join(command)} failed:\n{ran.stdout}\n{ran.stderr}")
        return seconds, ran.stdout + ran.stderr

    def executed(self, output: str) -> list[str]:
        """Names of the episodes that a build executed, from what it printed."""
        if self.is_plain:
            pages = re.findall(r"(\S+)\.md: Executing notebook", output)
            return sorted({Path(page).name for page in pages})
        return sorted(Path(page).name for page in re.findall(r"^(\S+): done after", output, re.M))

    def records(self) -> dict[str, dict[str, object]]:
        """What lessonbook recorded of each episode's run, by its name."""
        files = (self.root / "_build/.lesson/episodes").rglob("*.json")
        return {path.stem: json.loads(path.read_text("utf8"))["fields"] for path in files}


class Bench:
    """Both copies of the course, built once when the first row asks for it."""

    def __init__(self, folder: Path, view: str) -> None:
        self.ours = Copy(folder / "ours", is_plain=False, view=view)
        self.plain = Copy(folder / "plain", is_plain=True, view=view)
        self.cold_seconds: tuple[float, float] | None = None

    def warm(self) -> tuple[float, float]:
        """Build both from empty caches, unless that was done; return the seconds of each."""
        if self.cold_seconds is None:
            self.cold_seconds = (self.ours.build()[0], self.plain.build()[0])
        return self.cold_seconds

    def cold(self) -> Row:
        """From empty caches."""
        ours, plain = self.warm()
        return _ratio_row("cold build", "at most 0.6 x plain", ours, plain, 0.6)

    def unchanged(self) -> Row:
        """With nothing changed."""
        self.warm()
        return self._quick_row("nothing changed")

    def prose(self) -> Row:
        """After an edit of prose in one episode."""
        self.warm()
        page = self._slowest()
        page.write_text(page.read_text("utf8") + "\nOne more sentence of prose.\n", "utf8")
        return self._quick_row("prose edit in one episode")

    def plot(self) -> Row:
        """After an edit of the last cell of the slowest episode."""
        self.warm()
        name = self._slowest().name
        seconds = []
        for copy in (self.ours, self.plain):
            page = copy.root / "episodes" / name
            text = page.read_text("utf8")
            cell = list(OUTPUT_CELL.finditer(text))[-1]
            page.write_text(f"{text[: cell.end()]}# edited\n{text[cell.end() :]}", "utf8")
            seconds.append(copy.build()[0])
        what = f"last cell of {name.removesuffix('.md')}"
        return _ratio_row(what, "at most 0.15 x plain", seconds[0], seconds[1], 0.15)

    def stan(self) -> Row:
        """After an edit of a Stan program that some, and not all, episodes use."""
        self.warm()
        program, users = self._shared_program()
        found = []
        for copy in (self.ours, self.plain):
            path = copy.root / program
            path.write_text(f"{path.read_text('utf8')}\n// edited\n", "utf8")
            found.append(copy.executed(copy.build()[1]))
        ours, plain = found
        text = f"executed: ours {ours}, of users {users}; plain {plain}"
        return Row(f"{Path(program).parent.name}.stan", "exactly its users", text, ours == users)

    def _quick_row(self, what: str) -> Row:
        seconds, output = self.ours.build()
        executed = self.ours.executed(output)
        found = f"{seconds:.1f} s, executed {len(executed)}"
        return Row(what, "at most 5 s, executes nothing", found, seconds <= 5 and not executed)

    def _slowest(self) -> Path:
        records = self.ours.records()
        name = max(records, key=lambda one: float(str(records[one]["seconds"])))
        return self.ours.root / "episodes" / f"{name}.md"

    def _shared_program(self) -> tuple[str, list[str]]:
        users: dict[str, list[str]] = {}
        for name, record in sorted(self.ours.records().items()):
            files = record["files"]
            assert isinstance(files, dict)
            for file in files:
                if file.endswith(".stan"):
                    users.setdefault(file, []).append(name)
        program = min(users, key=lambda file: (len(users[file]), file))
        return program, users[program]


def synthetic(folder: Path, sizes: Sequence[int]) -> list[Row]:
    """Courses of many small episodes: time to render a page, and a build with nothing changed."""
    per_page, rows = [], []
    for size in sizes:
        root = folder / f"synthetic-{size}"
        _write_synthetic(root, size)
        command = [sys.executable, "-m", "lessonbook", "build", "--view", "learner", "--root", root]
        subprocess.run(command, check=True, capture_output=True)
        (root / "_build/.lesson/site.json").unlink()
        shutil.rmtree(root / "_build/.render")
        rendering = _seconds(
            lambda command=command: subprocess.run(command, check=True, capture_output=True)
        )
        unchanged = _seconds(
            lambda command=command: subprocess.run(command, check=True, capture_output=True)
        )
        per_page.append(rendering / size)
        found = f"{1000 * rendering / size:.0f} ms a page, unchanged {unchanged:.1f} s"
        is_reached = per_page[-1] <= 1.5 * per_page[0] and unchanged < 20
        rows.append(
            Row(
                f"{size} small episodes",
                "page within 1.5 x, unchanged under 20 s",
                found,
                is_reached,
            )
        )
    return rows


def _write_synthetic(root: Path, size: int) -> None:
    (root / "episodes").mkdir(parents=True)
    names = [f"{number:04}" for number in range(size)]
    for number, name in enumerate(names):
        (root / "episodes" / f"{name}.md").write_text(EPISODE.format(number=number), "utf8")
    (root / "index.md").write_text("# Home\n", "utf8")
    config = {
        "title": "Synthetic",
        "logo": "",
        "only_build_toc_files": True,
        "execute": {"execute_notebooks": "cache", "run_in_temp": True},
        "sphinx": {"extra_extensions": ["lessonbook"]},
    }
    (root / "_config.yml").write_text(yaml.safe_dump(config), "utf8")
    chapters = [{"file": f"episodes/{name}"} for name in names]
    toc = {"format": "jb-book", "root": "index", "chapters": chapters}
    (root / "_toc.yml").write_text(yaml.safe_dump(toc), "utf8")


def _seconds(run: Callable[[], object]) -> float:
    begun = time.perf_counter()
    run()
    return time.perf_counter() - begun


def _ratio_row(what: str, target: str, ours: float, plain: float, limit: float) -> Row:
    found = f"{ours:.1f} s, plain {plain:.1f} s: {ours / plain:.2f} x"
    return Row(what, target, found, ours <= limit * plain)


def main() -> int:
    """Print the table; return 0 if every target is reached, otherwise 1."""
    rows = ("cold", "unchanged", "prose", "plot", "stan", "synthetic")
    parser = argparse.ArgumentParser(
        description=textwrap.dedent(__doc__ or ""),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--rows", nargs="+", choices=rows, default=list(rows))
    parser.add_argument("--sizes", nargs="+", type=int, default=[10, 100])
    parser.add_argument("--view", choices=("learner", "all"), default="all")
    options = parser.parse_args()
    found: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        bench = Bench(Path(folder), options.view)
        for name in options.rows:
            new = (
                synthetic(Path(folder), options.sizes)
                if name == "synthetic"
                else [getattr(bench, name)()]
            )
            for row in new:
                print(row, flush=True)
            found += new
    return 0 if all(row.is_reached for row in found) else 1


if __name__ == "__main__":
    sys.exit(main())
