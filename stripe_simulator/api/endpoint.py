"""One request to `/v1`, from its key to its response, in the order in which Stripe checks it."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from .. import forms
from ..errors import NotFound, StripeError
from ..operations import Call, Operation, find_operation
from ..requests.log import RequestRecord
from ..simulator import Simulator
from ..state.account import Account
from .authentication import authenticate, authorize, check_version
from .fault_injection import ConnectionCut, inject_after, inject_before
from .idempotent_replay import execute_idempotently
from .response import ApiResponse, failure


async def api_endpoint(request: Request) -> Response:
    """Return the response to one API request, and log it."""
    simulator: Simulator = request.app.state.simulator
    record = RequestRecord(
        id=simulator.ids.new("req", 14),
        method=request.method,
        path=request.scope["raw_path"].decode("ascii"),
        time=simulator.clock.time(),
        idempotency_key=request.headers.get("idempotency-key"),
    )
    simulator.requests.append(record)
    simulator.writes += record.method != "GET"
    account: Account | None = None
    try:
        account = authenticate(simulator, request)
        record.account = account.label
        simulator.rate_limits.count(account.label, simulator.clock.now())
        check_version(request)
        response = await _respond(simulator, request, account, record)
    except ConnectionCut:
        await asyncio.sleep(0)  # the server notices that the connection is closed, and sends nothing
        return Response(status_code=500)
    except StripeError as error:
        record.error = error.message
        response = failure(error, record.id, account.id if account else "acct")
    record.status = response.status
    return response.to_http(record.id, simulator.behavior.date_header_skew_seconds)


async def _respond(
    simulator: Simulator, request: Request, account: Account, record: RequestRecord
) -> ApiResponse:
    operation, ids = _operation(record)
    authorize(simulator, request, account, operation.signature.name)
    encoded = "&".join(filter(None, [request.url.query, (await request.body()).decode()]))
    record.params = forms.decode(encoded)
    fault = simulator.faults.fault_for(record.operation or "", account.label)
    record.fault = fault.effect if fault else None
    if fault:
        await inject_before(fault, request)
    call = Call(account, record.params, ids, record.path)
    response = await execute_idempotently(simulator, operation, call, record, encoded, fault)
    if fault and not record.replayed:
        await inject_after(fault, request)
    return response


def _operation(record: RequestRecord) -> tuple[Operation, tuple[str, ...]]:
    found = find_operation(record.method, record.path)
    if found is None:
        raise NotFound(
            f"Unrecognized request URL ({record.method}: {record.path}). The simulator's documentation lists the"
            " operations that it carries out."
        )
    record.operation = found[0].signature.name
    return found
