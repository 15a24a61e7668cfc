"""Idempotent replay: a request is carried out once per key, and its response is stored."""

import asyncio

from ..contract.read_parameters import ReadParameters
from ..errors import StripeError
from ..operations import Call, Operation
from ..requests.faults import Fault
from ..requests.log import RequestRecord
from ..simulator import Simulator
from ..state.account import Request as ApiRequest
from .execution import checked_parameters, execute
from .fault_injection import failed
from .response import ApiResponse, failure


async def execute_idempotently(
    simulator: Simulator,
    operation: Operation,
    call: Call,
    record: RequestRecord,
    encoded: str,
    fault: Fault | None,
) -> ApiResponse:
    """Return a new response, or the one stored under the key.

    Only POST has keys; 429 and refused parameters are not stored.
    """
    key = record.idempotency_key if record.method == "POST" else None
    if key is None:
        call.params = ReadParameters(checked_parameters(operation, call.params))
        return await _execute(simulator, operation, call, record, fault)
    keys, account = simulator.idempotency, call.account.label
    known = keys.begin(account, key, f"{record.method} {record.path}", encoded, record.id)
    if known is not None:
        record.replayed = True
        headers = {"Idempotent-Replayed": "true", "Original-Request": known.request_id}
        return ApiResponse(known.status or 500, known.body, headers)
    try:
        call.params = ReadParameters(checked_parameters(operation, call.params))
    except StripeError:
        keys.release(account, key)
        raise
    response = await _execute(simulator, operation, call, record, fault)
    keys.keep(account, key, response.status, response.body)
    return response


async def _execute(
    simulator: Simulator, operation: Operation, call: Call, record: RequestRecord, fault: Fault | None
) -> ApiResponse:
    if fault and fault.effect == "slow":
        await asyncio.sleep(fault.seconds)
    if fault and fault.effect == "500_before":
        return failure(failed(), record.id, call.account.id)
    request = ApiRequest(record.id, record.idempotency_key)
    response = execute(operation, call, request, simulator.settings.strict)
    record.ignored = (
        call.params.unread if isinstance(call.params, ReadParameters) and response.status == 200 else []
    )
    if fault and fault.effect == "500_after":
        return failure(failed(), record.id, call.account.id)
    return response
