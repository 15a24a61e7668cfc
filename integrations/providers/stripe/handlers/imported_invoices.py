"""Invoices that were made in Stripe, such as a subscription's renewals: kept here as they are there."""

from billing.events import Kind
from billing.models import Invoice
from billing.money import text
from billing.services.invoices import external_invoices, invoices
from integrations.provider_api import Ignored, Inbound, Json
from integrations.providers.stripe.handlers import asides, customers, money, stand_ins
from integrations.providers.stripe.handlers.events import STALE, rank, rank_of
from integrations.providers.stripe.translate import external_invoices as translate
from integrations.providers.stripe.translate import external_lines, invoice_payments, metadata
from integrations.providers.stripe.translate import invoices as links
from integrations.providers.stripe.translate.shapes import id_of, listed

OFF = Ignored("invoice_inbound_enabled is off for this connection, and the invoice was made in Stripe.")
ELSEWHERE = Ignored("Another environment of FlexSync made this invoice.")
PAGE = 100


def follow(inbound: Inbound, theirs: Json) -> Ignored | None:
    """Any event of the invoice: it carries the whole of it, so each is an upsert, and the newest wins."""
    if not inbound.is_on("invoice_inbound_enabled"):
        return OFF
    if metadata.of(theirs).get(metadata.INVOICE_ID) and not inbound.entity_id_of(Kind.INVOICE, theirs["id"]):
        return ELSEWHERE
    # The invoice names its customer as it was, but not by our own ids: made of that, it could be a double.
    customer = customers.ensure(inbound, id_of(theirs["customer"]))
    if isinstance(customer, Ignored):
        return customer
    if inbound.is_stale(Kind.INVOICE, theirs["id"], rank_of(inbound)):
        return STALE
    if translate.is_credit(theirs):
        return _credit(inbound, theirs)
    theirs = _whole(inbound, theirs)
    invoice = _record(inbound, theirs, customer)
    _count(inbound, invoice, theirs)
    return None


def deleted(inbound: Inbound, theirs: Json) -> Ignored | None:
    """A draft that is no more: voided here, because invoices stay readable."""
    if inbound.is_stale(Kind.INVOICE, theirs["id"], rank_of(inbound)):
        return STALE
    return None if _void(inbound, theirs) else Ignored("The invoice was never here.")


def _credit(inbound: Inbound, theirs: Json) -> Ignored:
    """An invoice here is never negative. Nothing is lost: what Stripe gives back is a payment of a later invoice."""
    if not _void(inbound, theirs) and theirs["status"] != "draft":
        # It stays one: an event of its beginning that comes late must not bring it here.
        inbound.freshness(Kind.INVOICE, theirs["id"], rank("invoice.deleted"))
    currency = str(theirs["currency"]).upper()
    return Ignored(
        f"The invoice is over {text(translate.total(theirs), currency)} {currency}, and an invoice here is never negative. Nothing has to"
        " be done: Stripe puts the amount into the customer's credit balance, and the invoice that it is taken off"
        f" counts it as a payment by {invoice_payments.CUSTOMER_BALANCE}. To pay it out instead, do so at Stripe."
    )


def _void(inbound: Inbound, theirs: Json) -> str | None:
    """Voids it where it is here; answers its id."""
    ours = inbound.entity_id_of(Kind.INVOICE, theirs["id"])
    if ours:
        environment, origin = inbound.environment_id, inbound.connection_id
        invoices.void(environment_id=environment, invoice_id=ours, now=inbound.created, origin=origin)
    return ours


def _whole(inbound: Inbound, theirs: Json) -> Json:
    """The invoice with all its lines: an event carries the first ten (page "List an invoice's line items").

    Where more have to be asked for, so has the invoice: both are then of the same moment.
    """
    if not (theirs.get("lines") or {}).get("has_more"):
        return theirs
    theirs = inbound.look_up("invoices.retrieve", theirs["id"], {})
    lines, page = listed(theirs["lines"]), theirs["lines"]
    while page.get("has_more"):
        asked = {"limit": PAGE, "starting_after": lines[-1]["id"]}
        page = inbound.look_up("invoices.line_items.list", theirs["id"], asked)
        lines += listed(page)
    return {**theirs, "lines": {"data": lines, "has_more": False}}


def _record(inbound: Inbound, theirs: Json, customer: str) -> Invoice:
    subscription = inbound.entity_id_of(Kind.SUBSCRIPTION, translate.subscription(theirs))
    invoice = external_invoices.record(
        environment_id=inbound.environment_id,
        invoice_id=inbound.entity_id_of(Kind.INVOICE, theirs["id"]),
        facts=translate.facts_of(theirs, customer, subscription, _prices(inbound, theirs)),
        status=translate.status(theirs),
        total=translate.total(theirs),
        now=inbound.created,
        origin=inbound.connection_id,
    )
    inbound.link(Kind.INVOICE, invoice.pk, theirs["id"])
    if subscription:
        external_invoices.connect(invoice=invoice, subscription_id=subscription, origin=inbound.connection_id)
    where = links.links(theirs)
    if where and (invoice.hosted_invoice_url, invoice.pdf_url) != tuple(where.values()):
        invoices.set_links(environment_id=inbound.environment_id, invoice_id=invoice.pk, **where)
    return invoice


def _prices(inbound: Inbound, theirs: Json) -> dict[str, str]:
    """Our prices by Stripe's, of those lines whose price is here: a line says its amount without one."""
    named = {external_lines.price_id(line) for line in listed(theirs.get("lines"))} - {""}
    found = {price: inbound.entity_id_of(Kind.PRICE, price) for price in sorted(named)}
    return {price: ours for price, ours in found.items() if ours}


def _count(inbound: Inbound, invoice: Invoice, theirs: Json) -> None:
    """Counts the invoice's money: payments that it names, what came off Stripe, and the rest as told."""
    for evidence in invoice_payments.named(theirs):
        money.apply(inbound, evidence)
    if theirs["status"] == "paid":
        theirs = asides.told(inbound, invoice, theirs)
        asides.count(inbound, invoice, theirs)
    stand_ins.follow(inbound, invoice, translate.paid_through_stripe(theirs))
