"""Pages as a browser gets them: light, readable without a script, and within a strict policy."""
