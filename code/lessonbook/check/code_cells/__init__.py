"""Code cells."""
