"""OSeMOSYS models: read, check, build as a linear program, solve, tabulate."""
