"""What an invoice says of its collection (page "The Invoice object")."""

from billing.facts import CollectionFacts
from integrations.providers.stripe.translate.fields import Json, read_object, read_time, read_whole, text_of


def facts_of(invoice: Json) -> CollectionFacts:
    """Its attempts so far and the next one. Why one failed it only says of finalizing a draft."""
    error = read_object(invoice, "last_finalization_error")
    is_draft = invoice["status"] == "draft"
    return CollectionFacts(
        attempt_count=read_whole(invoice, "attempt_count", 0),
        next_attempt_at=read_time(invoice, "next_payment_attempt"),
        failure_code=text_of(error, "code") if is_draft else None,
        failure_message=text_of(error, "message") if is_draft else None,
    )
