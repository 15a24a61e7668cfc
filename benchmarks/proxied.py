"""FlexSync behind its proxy, for benchmarks that attack it: one shop, and what all processes write."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import django

from benchmarks.__main__ import served
from benchmarks.databases import empty_database, migrate
from benchmarks.events import SECRET
from benchmarks.pace import HOST, NAME
from devstack.nginx import Proxy, nginx

PORTS = {"web": 8158, "webhooks": 8159}


@contextmanager
def proxied(folder: Path) -> Iterator[Proxy]:
    """Runs both processes and the proxy on an empty database during the block; ``folder`` gets their logs."""
    os.environ |= {"DJANGO_SETTINGS_MODULE": "flexsync.settings", "ALLOWED_HOSTS": f"{NAME},{HOST}"}
    os.environ["DATABASE_URL"] = empty_database(os.environ["DATABASE_URL"])
    migrate()
    django.setup()
    with ExitStack() as stack:
        for name, port in PORTS.items():
            log = stack.enter_context((folder / f"{name}.log").open("wb"))
            configuration = ("--config", f"deploy/gunicorn/{name}.py")
            stack.enter_context(served("flexsync.wsgi", port, configuration, log))
        places = {name: f"{HOST}:{port}" for name, port in PORTS.items()}
        yield stack.enter_context(nginx(folder / "nginx", name=NAME, **places))


def shop() -> tuple[str, dict[str, str]]:
    """Returns where the provider posts, and the headers of a program with a key."""
    from billing.models import Environment
    from billing.services import environments
    from integrations.testing import make_connection

    environment = Environment.objects.create(name="Attacked")
    connection = make_connection(environment.pk, "stripe", secret=SECRET)
    _, key = environments.create_api_key(environment=environment, name="Program", scope="write")
    return f"/v1/integrations/stripe/webhook/{connection.pk}", {"Authorization": f"Bearer {key}"}
