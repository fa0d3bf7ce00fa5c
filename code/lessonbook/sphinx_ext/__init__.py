"""The Sphinx half of lessonbook."""
