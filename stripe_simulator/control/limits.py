"""Change the rate limit and the lag of search."""

from starlette.requests import Request
from starlette.responses import JSONResponse

from ..simulator import Simulator
from .body import json_body


async def change(request: Request) -> JSONResponse:
    """Set requests per second (0: no limit), and the seconds until search finds new objects."""
    simulator: Simulator = request.app.state.simulator
    body = await json_body(request, "requests_per_second", "search_lag")
    if "requests_per_second" in body:
        simulator.rate_limits.per_second = int(body["requests_per_second"])
    if "search_lag" in body:
        simulator.search_lag = int(body["search_lag"])
        for account in simulator.accounts.values():
            account.search_lag = simulator.search_lag
    return JSONResponse(
        {"requests_per_second": simulator.rate_limits.per_second, "search_lag": simulator.search_lag}
    )
