"""The ASGI application: the API, the hosted pages and the control API."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from starlette.applications import Starlette
from starlette.routing import Route

from . import resources
from .api.endpoint import api_endpoint
from .control.routes import CONTROL_ROUTES
from .pages.routes import PAGE_ROUTES
from .simulator import Settings, Simulator
from .state_file import StateFile
from .webhooks.sender import Sender

_TICK_SECONDS = 0.5
_METHODS = ["GET", "POST", "DELETE"]


def create_app(settings: Settings) -> Starlette:
    """Return an application with a state of its own."""
    resources.load()
    simulator = Simulator(settings)
    file = StateFile(simulator)
    routes = [Route("/v1/{path:path}", api_endpoint, methods=_METHODS), *CONTROL_ROUTES, *PAGE_ROUTES]
    app = Starlette(routes=routes, lifespan=_lifespan)
    app.state.simulator, app.state.file = simulator, file
    return app


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    app.state.sender = Sender(app.state.simulator)
    tasks = [
        asyncio.create_task(app.state.sender.run()),
        asyncio.create_task(_keep_time(app.state.simulator, app.state.file)),
    ]
    yield
    for task in tasks:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    app.state.file.keep()


async def _keep_time(simulator: Simulator, file: StateFile) -> None:
    """Run due actions as real time passes, and save what has changed."""
    while True:
        await asyncio.sleep(_TICK_SECONDS)
        simulator.advance()
        file.keep_now_and_then()
