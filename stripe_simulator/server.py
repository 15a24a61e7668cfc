"""The uvicorn server that carries the application."""

import uvicorn

from .api.connection import CuttableProtocol
from .app import create_app
from .simulator import Settings


def create_server(settings: Settings, host: str, port: int) -> uvicorn.Server:
    """Return a server that is ready to run on this address."""
    config = uvicorn.Config(
        create_app(settings),
        host=host,
        port=port,
        http=CuttableProtocol,
        log_level="warning",
        access_log=False,
        date_header=False,
        timeout_graceful_shutdown=1,
    )
    return uvicorn.Server(config)
