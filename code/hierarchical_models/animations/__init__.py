"""Short animations of the course's own results, one for each part of the course.

Each function takes what an episode has computed and returns a `Film`: a figure, and the scenes that
change it. ``lessonbook.video.make_video`` makes a video of it. Nothing is invented for the eye:
every picture shows draws, exact answers or data of the run.
"""

from hierarchical_models.animations.decision_animation import decisions
from hierarchical_models.animations.film import Film, Scene
from hierarchical_models.animations.league_animation import league_tables
from hierarchical_models.animations.pooling_animation import pooling
from hierarchical_models.animations.sampling_animation import two_samplers
from hierarchical_models.animations.weeks_animation import weeks_of_testing
from hierarchical_models.animations.worlds_animation import possible_lines

__all__ = [
    "Film",
    "Scene",
    "decisions",
    "league_tables",
    "pooling",
    "possible_lines",
    "two_samplers",
    "weeks_of_testing",
]
