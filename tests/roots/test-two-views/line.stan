parameters { real b; }
