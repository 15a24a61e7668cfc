"""How failures on the way to a provider become error responses, in billing's one format."""

from billing.api.errors import ErrorResponse, register
from integrations.errors import Gone, Recovering, Rejected, Retry
from integrations.gateway.slots import ASK_AGAIN, Busy
from integrations.inbox import replays
from integrations.linking import demands, gone_choices, objects
from integrations.mappings import by_hand, decisions
from integrations.outbound_webhooks import resending
from integrations.reconcile.comparing import runs as comparing
from integrations.reconcile.importing import runs as importing
from integrations.reconcile.repairing import requests
from integrations.webhooks.views import InvalidWebhook, NotStored, TooLarge, Unverifiable

LONG_RUNS = (comparing.MOVES, importing.MOVES)


def _unavailable(error: Retry) -> ErrorResponse:
    return ErrorResponse(
        "provider_unavailable", f"The provider does not answer now. Try again later: {error}", 503
    )


def _busy(error: Busy) -> ErrorResponse:
    return ErrorResponse(error.code, str(error), 503, headers={"Retry-After": str(ASK_AGAIN)})


def _recovering(error: Recovering) -> ErrorResponse:
    return ErrorResponse(error.code, str(error), 503)


def _refused(error: Rejected) -> ErrorResponse:
    return ErrorResponse("provider_refused", str(error), 422)


def _gone(error: Gone) -> ErrorResponse:
    return ErrorResponse(error.code, str(error), 409)


def _webhook(error: InvalidWebhook | NotStored | Unverifiable) -> ErrorResponse:
    return ErrorResponse(str(error.get_codes()), str(error.detail), error.status_code)


def _too_large(error: TooLarge) -> ErrorResponse:
    return ErrorResponse(error.default_code, str(error.detail), error.status_code)


def register_errors() -> None:
    """Registers this app's failures with the API, with their error codes."""
    register(Retry, _unavailable, ["provider_unavailable"])
    register(
        Rejected,
        _refused,
        [
            "provider_refused",
            "several_connections",
            "collected_elsewhere",
            gone_choices.ENDED,
            "connection_stopped",
            "invoices_open",
            *(code for moves in LONG_RUNS for code in (moves.open_code, moves.settled_code)),
            by_hand.CONFLICT,
            demands.IN_USE,
            objects.REFUSED,
            gone_choices.NOT_GONE,
            "not_supported",
            "not_synced",
            "other_mode",
            "sync_settled",
            resending.DISABLED,
            decisions.FIXED,
            requests.REFUSED,
            replays.PRUNED,
        ],
    )
    register(Gone, _gone, [Gone.code])
    register(Recovering, _recovering, [Recovering.code])
    register(Busy, _busy, [Busy.code])
    register(InvalidWebhook, _webhook, ["invalid_signature", "invalid_payload"])
    register(NotStored, _webhook, ["not_stored"])
    register(Unverifiable, _webhook, [Unverifiable.default_code])
    register(TooLarge, _too_large, ["body_too_large"])
