"""Part "Further": two people decide, and the times of their answers pile up."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from hierarchical_models import wiener
from hierarchical_models.animations.film import Film, Scene, from_arguments, new_panels, stand_still
from hierarchical_models.plots.style import FAINT, PARTIAL, RAW

STEP = 0.002
LONGEST = 2.6
BIN = 0.05
"""Seconds all three."""
N_SLOW = 3
"""Decisions that are watched one by one."""


@from_arguments
def decisions(people: Mapping[str, Mapping[str, float]], *, n_trials: int, seed: int) -> Film:
    """Simulate decisions with the parameters of a fit.

    Parameters
    ----------
    people : mapping of str to mapping of str to float
        Two of them. By name: ``alpha``, ``tau``, ``beta`` and ``delta``, such as posterior means.
    n_trials : int
        Decisions of each person; at least `N_SLOW`.
    seed : int
        Of the noise.

    Returns
    -------
    Film
    """
    figure, panels = new_panels(5.0, len(people), 1, sharex=True)
    rng = np.random.default_rng(seed)
    desks = [
        _Desk(panel, name, values, n_trials, rng)
        for panel, (name, values) in zip(panels, people.items(), strict=True)
    ]
    panels[-1].set_xlabel("time since the dots appeared (s)")

    def one_by_one(progress: float) -> None:
        number = min(N_SLOW - 1, int(progress * N_SLOW))
        for desk in desks:
            desk.show(number, (progress * N_SLOW - number) * 1.25)

    def faster(progress: float) -> None:
        number = N_SLOW + round(progress * (n_trials - 1 - N_SLOW))
        for desk in desks:
            desk.show(number, 1)

    def expect(progress: float) -> None:
        for desk in desks:
            desk.finish()

    (first, quick), (second, slow) = ((desk.name, desk) for desk in desks)
    return Film(
        figure,
        (
            Scene("Two people, as the model knows them. Evidence drifts along the arrow, noisily.",
                  4.6, stand_still, 1),
            Scene(f"The gap between the lines is caution: {second}'s is wider, and takes longer.",
                  6, one_by_one),
            Scene(f"{n_trials} decisions each: blue bars are right answers, orange ones wrong.",
                  4.8, faster, 50),
            Scene(f"Expected: {first} is wrong in {quick.share_wrong:.0%}, after "
                  f"{quick.mean:.2f} s; {second} in {slow.share_wrong:.0%}, after "
                  f"{slow.mean:.2f} s.", 4.4, expect, 1),
        ),
    )  # fmt: skip


class _Desk:
    """One person's decisions in one panel."""

    def __init__(self, panel, name, values, n_trials, rng):
        self.name, self.values, self.n_trials = name, values, n_trials
        alpha = values["alpha"]
        self.paths = [_decide(values, rng) for _ in range(n_trials)]
        self.times = np.array([values["tau"] + (len(p) - 1) * STEP for p in self.paths])
        self.is_right = np.array([p[-1] > alpha / 2 for p in self.paths])
        delta = values["delta"]
        share_right = float(wiener.probability_of_upper(alpha, values["beta"], delta))
        self.share_wrong = 1 - share_right
        # by Wald's identity: where evidence ends, on average, is drift times time
        self.mean = values["tau"] + alpha * (share_right - values["beta"]) / delta
        self.bins = np.arange(0, LONGEST + BIN / 2, BIN)
        panel.axhline(0, color="black", lw=1.2)
        panel.axhline(alpha, color="black", lw=1.2)
        start = np.array([values["tau"], alpha * values["beta"]])
        along = {"arrowstyle": "->", "lw": 2.5, "color": FAINT}
        panel.annotate("", start + 0.6 * np.array([1, delta]), start, arrowprops=along)
        panel.set(xlim=(0, LONGEST), ylim=(-0.9, 3.1))
        panel.set_ylabel(name, rotation=0, weight="bold", labelpad=2)
        panel.set_yticks([0, alpha], ["wrong", "right"])
        panel.grid(False)
        self.bars = {}
        for is_right, colour in ((True, PARTIAL), (False, RAW)):
            base = alpha if is_right else 0
            self.bars[is_right] = panel.stairs(
                np.full(len(self.bins) - 1, base), self.bins, baseline=base, fill=True,
                color=colour, alpha=0.6,
            )  # fmt: skip
        self.curves = [panel.plot([], [], color=c, lw=2)[0] for c in (PARTIAL, RAW)]
        (self.line,) = panel.plot([], [], color="black", lw=1)
        (self.end,) = panel.plot([], [], "o", ms=7)

    def show(self, number: int, share: float) -> None:
        """Show a decision up to a share of the longest time, and the times of those before."""
        path, alpha = self.paths[number], self.values["alpha"]
        n_steps = len(path) if share >= 1 else round(share * LONGEST / STEP)
        seen = path[:n_steps:3]
        self.line.set_data(self.values["tau"] + 3 * STEP * np.arange(len(seen)), seen)
        is_done = n_steps >= len(path)
        if is_done:
            colour = PARTIAL if self.is_right[number] else RAW
            self.end.set_data([self.times[number]], [alpha if self.is_right[number] else 0])
            self.end.set_color(colour)
        else:
            self.end.set_data([], [])
        self._pile(number + is_done)

    def _pile(self, n: int) -> None:
        for is_right, bars in self.bars.items():
            chosen = self.is_right[:n] == is_right
            counts = np.histogram(self.times[:n][chosen], self.bins)[0]
            base, sign = (self.values["alpha"], 1) if is_right else (0, -1)
            bars.set_data(base + sign * self._height(counts), self.bins, baseline=base)

    def _height(self, counts):
        """Scale bars so that they have room beside the boundaries, which have no unit of theirs."""
        return counts * 8.0 / self.n_trials

    def finish(self) -> None:
        """Show what the theory expects in place of the last path."""
        self.line.set_data([], [])
        self.end.set_data([], [])
        self._pile(self.n_trials)
        time = np.linspace(self.values["tau"] + 1e-3, LONGEST, 200)
        for sign, base, curve in zip((1, -1), (self.values["alpha"], 0), self.curves, strict=True):
            density = np.exp(wiener.log_density(sign * time, **self.values))
            curve.set_data(time, base + sign * self._height(density * BIN * self.n_trials))


def _decide(values: Mapping[str, float], rng: np.random.Generator) -> np.ndarray:
    """Add up evidence until a boundary is reached; the path, clipped to the boundaries."""
    alpha = values["alpha"]
    n_most = int((LONGEST - values["tau"]) / STEP)
    while True:
        steps = rng.normal(values["delta"] * STEP, np.sqrt(STEP), n_most)
        path = np.concatenate([[alpha * values["beta"]], alpha * values["beta"] + steps.cumsum()])
        outside = np.flatnonzero((path <= 0) | (path >= alpha))
        if len(outside):
            return np.clip(path[: outside[0] + 1], 0, alpha)
