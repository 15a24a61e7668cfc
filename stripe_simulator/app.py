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
from .state_file import load_state, save_state
from .webhooks.sender import Sender

_TICK_SECONDS = 0.5
_METHODS = ["GET", "POST", "DELETE"]


def create_app(settings: Settings) -> Starlette:
    """Return an application with a state of its own."""
    resources.load()
    simulator = Simulator(settings)
    if settings.state_file is not None:
        load_state(simulator, settings.state_file)
    routes = [Route("/v1/{path:path}", api_endpoint, methods=_METHODS), *CONTROL_ROUTES, *PAGE_ROUTES]
    app = Starlette(routes=routes, lifespan=_lifespan)
    app.state.simulator = simulator
    return app


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    app.state.sender = Sender(app.state.simulator)
    tasks = [
        asyncio.create_task(app.state.sender.run()),
        asyncio.create_task(_keep_time(app.state.simulator)),
    ]
    yield
    for task in tasks:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    if app.state.simulator.settings.state_file is not None:
        save_state(app.state.simulator, app.state.simulator.settings.state_file)


async def _keep_time(simulator: Simulator) -> None:
    """Run due actions as real time passes, and save the state when it has changed."""
    saved = None
    while True:
        await asyncio.sleep(_TICK_SECONDS)
        simulator.advance()
        file = simulator.settings.state_file
        if file is not None and (mark := _mark(simulator)) != saved:
            saved = mark
            save_state(simulator, file)


def _mark(simulator: Simulator) -> tuple[object, ...]:
    """Return a value that differs once a request, page, clock or event may have changed the state."""
    last = simulator.requests[-1].id if simulator.requests else None
    return last, simulator.clock.skipped, sum(len(account.objects) for account in simulator.accounts.values())
