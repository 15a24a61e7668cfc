"""The doctor names every planted fault of a connection, and nothing else."""
