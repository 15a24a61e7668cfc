"""Carry out a request once per idempotency key, and keep its answer."""

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
from .response import Answer, failure


async def carried_out_once(
    simulator: Simulator,
    operation: Operation,
    call: Call,
    record: RequestRecord,
    encoded: str,
    fault: Fault | None,
) -> Answer:
    """The answer: a new one, or the one kept under the key. Only POST has keys; 429 and refused parameters are not kept."""
    key = record.idempotency_key if record.method == "POST" else None
    if key is None:
        call.params = ReadParameters(checked_parameters(operation, call.params))
        return await _carry_out(simulator, operation, call, record, fault)
    keys, account = simulator.idempotency, call.account.label
    known = keys.begin(account, key, f"{record.method} {record.path}", encoded, record.id)
    if known is not None:
        record.replayed = True
        headers = {"Idempotent-Replayed": "true", "Original-Request": known.request_id}
        return Answer(known.status or 500, known.body, headers)
    try:
        call.params = ReadParameters(checked_parameters(operation, call.params))
    except StripeError:
        keys.release(account, key)
        raise
    answer = await _carry_out(simulator, operation, call, record, fault)
    keys.keep(account, key, answer.status, answer.body)
    return answer


async def _carry_out(
    simulator: Simulator, operation: Operation, call: Call, record: RequestRecord, fault: Fault | None
) -> Answer:
    if fault and fault.effect == "slow":
        await asyncio.sleep(fault.seconds)
    if fault and fault.effect == "500_before":
        return failure(failed(), record.id, call.account.id)
    request = ApiRequest(record.id, record.idempotency_key)
    answer = execute(operation, call, request, simulator.settings.strict)
    record.ignored = (
        call.params.unread if isinstance(call.params, ReadParameters) and answer.status == 200 else []
    )
    if fault and fault.effect == "500_after":
        return failure(failed(), record.id, call.account.id)
    return answer
