"""The models, one folder each: its specification, its PyMC model and its Stan program."""
