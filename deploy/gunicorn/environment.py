"""The environment of both processes: variables, and a .env next to manage.py, as the settings read them."""

from pathlib import Path

import environ

env = environ.Env()
FILE = Path(__file__).resolve().parents[2] / ".env"
if FILE.exists():
    env.read_env(FILE)
