"""The linter: what is wrong with a course, found without executing or building anything."""
