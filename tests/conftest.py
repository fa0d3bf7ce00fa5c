"""Settings that all tests share, and the repetition of tests that look at random draws.

Draws are repeatable on one machine, but not from one kind of processor to the next. A test that
compares some hundred of them with exact answers, each within four Monte Carlo errors, will now and
then fail by chance. Tests marked `draws` are therefore run a second time with other seeds where the
first time fails: chance fails twice in one of many thousand runs, a mistake in a model does so
every time. Each repetition is listed at the end of the run.
"""

from __future__ import annotations

import dataclasses as dc
import os
from collections.abc import Iterator
from contextlib import contextmanager

import matplotlib
import pytest

if "PYTEST_XDIST_WORKER" in os.environ:
    # PyTensor compiles for one process at a time in each folder; the others would wait
    os.environ["PYTENSOR_FLAGS"] = ",".join(
        [
            *filter(None, [os.environ.get("PYTENSOR_FLAGS")]),
            "compiledir_format=compiledir_%(short_platform)s-%(python_version)s-"
            + os.environ["PYTEST_XDIST_WORKER"],
        ]
    )

import hierarchical_models  # noqa: F401 (before ArviZ, whose daily notice it keeps quiet)
from hierarchical_models import fitting
from hierarchical_models.errors import DiagnosticsError
from hierarchical_models.settings import SamplerSettings

os.environ.setdefault("PYTHONHASHSEED", "0")
matplotlib.use("agg")

OFFSET_OF_REPETITION = 1000
LONGEST = (
    "tests/site/test_downloads.py",
    "tests/models/test_ddm_answers.py",
    "tests/models/test_counts_answers.py",
    "tests/lessonbook/test_site_browser.py",
    "tests/lessonbook/test_pipeline.py",
    "tests/site/test_browser.py",
    "tests/models/test_calibration.py",
    "tests/site/test_pages.py",
    "tests/models/test_linear_answers.py",
    "tests/lessonbook/test_serve.py",
    "tests/models/test_same_density.py",
    "tests/models/test_exact.py",
)
"""Files that take minutes, the longest first: begun last, one would keep a process after the other
has nothing left to do."""
REPEATED = pytest.StashKey[list[tuple[str, str]]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--seed-offset",
        type=int,
        default=0,
        help="added to the seed of every fit of the tests marked 'draws'; to see which of them "
        "hang on a lucky seed",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.stash[REPEATED] = []
    if "PYTEST_XDIST_WORKER" not in os.environ:
        config.pluginmanager.register(FailuresAtOnce(config))


class FailuresAtOnce:
    """Name a failed test when it fails: a run that is cut short prints no summary."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        terminal = self.config.pluginmanager.get_plugin("terminalreporter")
        if report.failed and terminal is not None:
            terminal.write_line(f"\nfailed in its {report.when}: {report.nodeid}", red=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest; all else stays in its order."""
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.nodeid.partition("::")[0], len(places)))


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a test of random draws, and once more with other seeds if it fails."""
    if pyfuncitem.get_closest_marker("draws") is None:
        return None
    names = pyfuncitem._fixtureinfo.argnames
    arguments = {name: pyfuncitem.funcargs[name] for name in names}
    offset = pyfuncitem.config.getoption("--seed-offset")
    try:
        with shifted_seeds(offset):
            pyfuncitem.obj(**arguments)
    except (AssertionError, DiagnosticsError) as error:
        pyfuncitem.config.stash[REPEATED].append((pyfuncitem.nodeid, str(error)))
    else:
        return True
    with shifted_seeds(offset + OFFSET_OF_REPETITION):
        pyfuncitem.obj(**arguments)
    return True


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand what was run again to the process that prints the summary, where that is another."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["repeated"] = session.config.stash[REPEATED]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    """Take from a worker of pytest-xdist what it ran again."""
    repeated = getattr(node, "workeroutput", {}).get("repeated", [])
    node.config.stash[REPEATED].extend((name, reason) for name, reason in repeated)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """List the tests that were run again."""
    repeated = config.stash[REPEATED]
    if repeated:
        terminalreporter.section("run again with other seeds")
    for name, reason in repeated:
        first_lines = "\n".join(reason.strip().splitlines()[:6])
        terminalreporter.write_line(f"{name}\n{first_lines}\n")


@contextmanager
def shifted_seeds(offset: int) -> Iterator[None]:
    """Add a number to the seed of every fit."""

    def shifted_settings(**settings: object) -> SamplerSettings:
        made = SamplerSettings(**settings)
        return dc.replace(made, seed=made.seed + offset)

    with pytest.MonkeyPatch.context() as patch:
        if offset:
            patch.setattr(fitting, "SamplerSettings", shifted_settings)
        yield
