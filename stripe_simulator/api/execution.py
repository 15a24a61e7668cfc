"""Carry out one operation: check its parameters, call its handler, check its response."""

import logging
from typing import Any

from ..contract.expandable import check_expandable
from ..contract.parameters import parameters_check
from ..contract.response_values import ContractError
from ..contract.responses import response_check
from ..errors import ServerError, StripeError
from ..expansion import check_depth, expand
from ..operations import Call, Operation
from ..resources.test_clocks import moment_for
from ..state.account import Request
from .response import ApiResponse, failure, success

log = logging.getLogger("stripe_simulator")


def checked_parameters(operation: Operation, raw: dict[str, Any]) -> dict[str, Any]:
    """Return the typed parameters; an error raised here means that nothing was carried out."""
    params = parameters_check(operation.signature)(raw)
    paths = params.get("expand", [])
    check_depth(paths)
    for path in paths:
        check_expandable(operation.signature, path)
    return params


def execute(operation: Operation, call: Call, request: Request, strict: bool) -> ApiResponse:
    """Run the handler. Every failure becomes an error response, as at Stripe, and undoes what was begun."""
    account = call.account
    account.request = request
    request_id = str(request.id)
    try:
        with account.journal.atomic():
            with account.at(moment_for(call)):
                shown = operation.handler(call)
            shown = expand(account, shown, call.params.get("expand", []))
            if strict:
                response_check(operation.signature)(shown)
        return success(shown)
    except StripeError as error:
        return failure(error, request_id, account.id)
    except ContractError as error:
        log.exception("the response of %s breaks Stripe's contract", operation.signature.name)
        problem = ServerError(
            f"The simulator breaks Stripe's contract: {operation.signature.name}{error}",
            code="simulator_contract",
        )
        return failure(problem, request_id, account.id)
    except Exception as error:
        log.exception("%s failed", operation.signature.name)
        problem = ServerError(
            f"The simulator failed: {type(error).__name__}: {error}", code="simulator_error"
        )
        return failure(problem, request_id, account.id)
    finally:
        account.request = Request()
