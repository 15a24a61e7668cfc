"""A database of its own for each benchmark, on the server that DATABASE_URL names."""

import subprocess
import sys
from urllib.parse import urlsplit

import psycopg


def empty_database(url: str, name: str = "benchmarks") -> str:
    """Creates an empty database, in place of an earlier run's, and returns its URL."""
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {name}")
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def migrate() -> None:
    """Creates the tables in the database that the environment names."""
    subprocess.run([sys.executable, "manage.py", "migrate", "--noinput", "--verbosity=0"], check=True)
