"""Part "Trust": two samplers of one posterior, draw after draw."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import xarray as xr

from hierarchical_models.animations.film import Film, Scene, from_arguments, new_panels, stand_still
from hierarchical_models.plots.style import FAINT, OKABE_ITO, PARTIAL, RAW, TRUTH

TRAIL = 15
"""Draws that the line behind the newest one joins."""


@from_arguments
def two_samplers(
    draws: Mapping[str, xr.Dataset],
    exact_share: float,
    *,
    limit: float,
    school: str,
    unit: str = "points",
) -> Film:
    """Show draws in the order in which they came, and what they say so far.

    Of each sampler's chains, the one is shown whose answer is the median.

    Parameters
    ----------
    draws : mapping of str to xarray.Dataset
        Posteriors of the same model by the name of their sampler; two, with ``tau`` and ``theta``.
        The second one's draws of all chains are the ground of both panels.
    exact_share : float
        Exact posterior probability of a `tau` below the limit.
    limit : float
        Value of `tau`.
    school : str
        The group whose effect is the horizontal axis.
    unit : str
        Of both axes.

    Returns
    -------
    Film
    """
    figure, panels = new_panels(4.9, 2, 2, sharex="row", sharey="row", height_ratios=(3, 2))
    reference = list(draws.values())[-1]
    ground = reference["theta"].sel(school=school).to_numpy().ravel()[::8]
    ground_tau = reference["tau"].to_numpy().ravel()[::8]
    parts = []
    for number, (name, posterior) in enumerate(draws.items()):
        shares = (posterior["tau"] < limit).mean("draw").to_numpy()
        chain = int(np.argsort(shares)[len(shares) // 2])
        one = posterior.isel(chain=chain)
        tau = one["tau"].to_numpy()
        so_far = np.cumsum(tau < limit) / np.arange(1, len(tau) + 1)
        upper, lower = panels[number], panels[2 + number]
        colour = (RAW, PARTIAL)[number]
        upper.plot(ground, ground_tau, ".", color="#C9C9C9", ms=1.6, zorder=0)
        upper.axhline(limit, color="black", ls="--", lw=1)
        upper.set(yscale="log", ylim=(0.05, 40), xlim=(-12, 28), title=name)
        upper.set_xlabel(f"effect in {school} ({unit})")
        lower.axhline(exact_share, color=TRUTH, ls="-.", lw=1.5)
        lower.set(xlim=(0, len(tau)), ylim=(0, 3 * exact_share), xlabel="draws so far")
        parts.append(_Walker(upper, lower, one["theta"].sel(school=school).to_numpy(), tau,
                             so_far, colour))  # fmt: skip
    panels[0].set_yticks([0.1, 1, 10], ["0.1", "1", "10"])
    panels[0].set_ylabel(rf"$\tau$ ({unit})")
    panels[2].set_ylabel(f"share below {limit:g}")
    panels[2].text(0.97, exact_share * 1.06, "exact", color=TRUTH, fontsize=11, ha="right",
                   transform=panels[2].get_yaxis_transform())  # fmt: skip

    def walk_between(start: float, end: float):
        def draw(progress: float) -> None:
            for part in parts:
                part.show(start + (end - start) * progress)

        return draw

    n_draws = len(parts[0].tau)
    said = [part.so_far[-1] for part in parts]
    below = [round(share * n_draws) for share in said]
    first = next(iter(draws))
    return Film(
        figure,
        (
            Scene(f"One posterior, two samplers: {n_draws} draws each, as they come.", 3.6,
                  stand_still, 1),
            Scene(f"Below the dashed line tau is under {limit:g}: how often is each chain there?",
                  6, walk_between(0, 0.5), 25),
            Scene(f"The {first} chain hardly gets into the neck, and its answer is too small.",
                  6, walk_between(0.5, 1), 25),
            Scene(f"At the end {below[0]} draws lie below the line, and {below[1]}. "
                  f"Exactly right would be {exact_share * n_draws:.0f}.", 4.2, stand_still, 1),
        ),
    )  # fmt: skip


class _Walker:
    """One chain in its two panels."""

    def __init__(self, upper, lower, across, tau, so_far, colour):
        self.across, self.tau, self.so_far = across, tau, so_far
        (self.past,) = upper.plot([], [], ".", color=colour, ms=4, alpha=0.55, mew=0)
        (self.trail,) = upper.plot([], [], "-", color=FAINT, lw=0.8)
        (self.now,) = upper.plot([], [], "o", color=colour, mec=OKABE_ITO["black"], ms=8)
        (self.line,) = lower.plot([], [], color=colour)

    def show(self, share: float) -> None:
        """Show this share of the draws."""
        n = max(1, round(share * len(self.tau)))
        recent = slice(max(0, n - TRAIL), n)
        self.past.set_data(self.across[:n], self.tau[:n])
        self.trail.set_data(self.across[recent], self.tau[recent])
        self.now.set_data(self.across[n - 1 : n], self.tau[n - 1 : n])
        self.line.set_data(np.arange(1, n + 1), self.so_far[:n])
