"""gunicorn's configuration, one file for each process that takes requests."""
