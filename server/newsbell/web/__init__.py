"""HTTP in, services out. No SQL."""
