"""Payments, which are Stripe's PaymentIntents: whether the money came, how much, and what has gone back."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from billing.events import Kind
from billing.facts import ZERO
from billing.models import Payment
from billing.models.payments import RECEIVED
from billing.services.find import find
from integrations.models import Connection
from integrations.provider_api import Comparable, Facts, Json, Place
from integrations.providers.stripe.comparing import debts, owners
from integrations.providers.stripe.comparing.amounts import difference, texts
from integrations.providers.stripe.comparing.belongings import customer_of, linked, of_customers
from integrations.providers.stripe.comparing.lists import own, whole
from integrations.providers.stripe.comparing.names import of_any
from integrations.providers.stripe.handlers.money import GATEWAY
from integrations.providers.stripe.translate import metadata
from integrations.providers.stripe.translate import payments as translate
from integrations.providers.stripe.translate.fields import read_id, read_instant, read_object

_AMOUNTS = ("amount", "amount_refunded")


def _there(intent: Json) -> Facts:
    """Of money that has not come, only how far it is."""
    evidence = translate.of_intent(intent)
    if evidence.status != "succeeded":
        amount = texts(evidence.currency, amount=evidence.amount)
        return {"status": evidence.status, **owners.there(intent), **amount}
    charge = read_object(intent, "latest_charge")
    refunded = translate.amount_refunded(charge) if charge else ZERO
    status = "refunded" if refunded >= evidence.amount else "partially_refunded" if refunded else "succeeded"
    return {
        "status": status,
        **owners.there(intent),
        **texts(evidence.currency, amount=evidence.amount, amount_refunded=refunded),
    }


def _here(place: Place, payment_id: str, there: Facts) -> Facts:
    """Attempts fail and begin again: of what has come on neither side, nothing is compared."""
    payment = find(Payment, place.environment_id, [payment_id])[payment_id]
    facts = {
        "status": payment.status,
        **owners.here(place, payment.customer_id, there),
        **texts(payment.currency, **{name: getattr(payment, name) for name in _AMOUNTS}),
    }
    came_there, came_here = there.get("status", "succeeded") in RECEIVED, payment.status in RECEIVED
    if came_there and came_here:
        return facts
    return {**facts, **there, "status": facts["status"] if came_there or came_here else there["status"]}


def _wanted(connection: Connection, objects: Sequence[Json]) -> list[Json]:
    """Money that has come, for what is here; a payment that FlexSync began may have no mapping yet."""
    received = [one for one in own(connection, objects) if one["status"] == "succeeded"]
    ids = [str(one["id"]) for one in received]
    here = Payment.objects.filter(gateway=GATEWAY, gateway_payment_id__among=ids)
    known = set(
        here.filter(environment_id=connection.environment_id).values_list("gateway_payment_id", flat=True)
    )
    marks = {str(one["id"]): metadata.of(one).get(metadata.PAYMENT_ID, "") for one in received}
    named = find(Payment, connection.environment_id, set(marks.values()) - {""})
    found = [one for one in received if one["id"] not in known]
    found = [one for one in found if not marks[str(one["id"])] or marks[str(one["id"])] in named]
    return [*_of_guests(connection, found), *of_customers(connection, _switched_on(connection, found))]


def _switched_on(connection: Connection, intents: Sequence[Json]) -> Sequence[Json]:
    """Those of invoices that are here are brought here whatever the switch says."""
    if connection.payment_inbound_enabled:
        return intents
    invoices = {str(one["id"]): translate.of_intent(one).invoice for one in intents}
    here = linked(connection, Kind.INVOICE, invoices.values())
    return [one for one in intents if invoices[str(one["id"])] in here]


def _of_guests(connection: Connection, intents: Sequence[Json]) -> list[Json]:
    is_kept = connection.payment_inbound_enabled and connection.keeps_guest_payments
    return [one for one in intents if is_kept and not read_id(one, "customer")]


def _at_stake(field: str, here: Facts, there: Facts) -> Any:
    """Where the money came on both sides, their states differ only in what has gone back."""
    if field in _AMOUNTS:
        return difference(field, here, there)
    if field == owners.CUSTOMER:
        return None
    if here.get("status") in RECEIVED and there.get("status") in RECEIVED:
        return difference("amount_refunded", here, there)
    return (there or here)["amount"]


def _repair(field: str, _here: Facts, there: Facts) -> str:
    return "take" if field != owners.CUSTOMER and there.get("status") in RECEIVED else ""


def _debt(place: Place, payment_id: str, intent: Json) -> str:
    """Stripe's payment need not say which invoice it pays: one that does not stands for itself."""
    known = find(Payment, place.environment_id, [payment_id])[payment_id].invoice_id if payment_id else None
    return debts.of(place, known, translate.of_intent(intent).invoice if intent else "")


PAYMENTS = Comparable(
    name="payments",
    kind=Kind.PAYMENT,
    # Payments of invoices that are here have no switch.
    inbound=None,
    outbound=None,
    read=whole("payment_intents.list", expand=["data.latest_charge"]),
    label=of_any,
    there=_there,
    here=_here,
    compared=("status", owners.CUSTOMER, *_AMOUNTS),
    refers=owners.refers,
    belongs=customer_of,
    wanted=_wanted,
    dated=lambda intent: read_instant(intent, "created"),
    # What was received here and Stripe does not know shows in what its invoice still asks for.
    sent=lambda _connection_id: Q(pk__in=()),
    is_listed=lambda stripe_id, _notes: stripe_id.startswith("pi_"),
    at_stake=_at_stake,
    repair=_repair,
    debt=_debt,
)
