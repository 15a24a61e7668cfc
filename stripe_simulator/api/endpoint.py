"""One request to `/v1`, from its key to its answer, in the order in which Stripe looks at it."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from .. import forms
from ..errors import NotFound, StripeError
from ..operations import Call, Operation, find_operation
from ..requests.log import RequestRecord
from ..simulator import Simulator
from ..state.account import Account
from .authentication import authenticate, check_version
from .fault_injection import ConnectionCut, before_the_effect, instead_of_the_answer
from .idempotent_replay import carried_out_once
from .response import Answer, failure


async def api_endpoint(request: Request) -> Response:
    """Answer one API request, and log it."""
    simulator: Simulator = request.app.state.simulator
    record = RequestRecord(
        id=simulator.ids.new("req", 14),
        method=request.method,
        path=request.url.path,
        time=simulator.clock.time(),
        idempotency_key=request.headers.get("idempotency-key"),
    )
    simulator.requests.append(record)
    account: Account | None = None
    try:
        account = authenticate(simulator, request)
        record.account = account.label
        simulator.rate_limits.count(account.label, simulator.clock.now())
        check_version(request)
        answer = await _answer(simulator, request, account, record)
    except ConnectionCut:
        await asyncio.sleep(0)  # let the server notice that the connection is gone: it then sends nothing
        return Response(status_code=500)
    except StripeError as error:
        record.error = error.message
        answer = failure(error, record.id, account.id if account else "acct")
    record.status = answer.status
    return answer.response(record.id)


async def _answer(simulator: Simulator, request: Request, account: Account, record: RequestRecord) -> Answer:
    operation, ids = _operation(record)
    encoded = "&".join(filter(None, [request.url.query, (await request.body()).decode()]))
    record.params = forms.decode(encoded)
    fault = simulator.faults.strike(record.operation or "", account.label)
    record.fault = fault.effect if fault else None
    if fault:
        await before_the_effect(fault, request)
    call = Call(account, record.params, ids, record.path)
    answer = await carried_out_once(simulator, operation, call, record, encoded, fault)
    if fault and not record.replayed:
        await instead_of_the_answer(fault, request)
    return answer


def _operation(record: RequestRecord) -> tuple[Operation, tuple[str, ...]]:
    found = find_operation(record.method, record.path)
    if found is None:
        raise NotFound(
            f"Unrecognized request URL ({record.method}: {record.path}). The simulator's documentation lists the"
            " operations that it carries out."
        )
    record.operation = found[0].signature.name
    return found
