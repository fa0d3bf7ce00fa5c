"""What learners take home from a page: notebooks, a script, the data, the site for offline use."""
