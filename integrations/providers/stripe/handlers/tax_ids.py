"""customer.tax_id.*: what was added or deleted at Stripe of a customer's tax ids, which nobody can change."""

from collections.abc import Mapping

from django.db.models import Q

from billing.errors import Invalid
from billing.events import Change, Kind, announce
from billing.facts import TaxIdFacts
from billing.models import Customer
from billing.services.customers import customers, tax_ids
from billing.services.find import find
from integrations.provider_api import Ignored, Inbound, Json
from integrations.providers.stripe.handlers import customers as customer_events
from integrations.providers.stripe.handlers.echoes import is_echo
from integrations.providers.stripe.handlers.events import ECHO, STALE, object_of
from integrations.providers.stripe.push.tax_ids import DOUBLE, NOTED
from integrations.providers.stripe.translate import tax_ids as translate
from integrations.providers.stripe.translate.fields import read_id

_DELETED = Q(type="customer.tax_id.deleted")
UNKNOWN = Ignored("FlexSync never had this tax id.")


def created(inbound: Inbound, event: Json) -> Ignored | None:
    """customer.tax_id.created: the customer here has it too, unless it was deleted since."""
    tax_id = object_of(event)
    customer_id = customer_events.of(inbound, tax_id)
    if isinstance(customer_id, Ignored):
        return customer_id
    if is_echo(inbound, event):
        return ECHO
    if inbound.has_event(tax_id["id"], _DELETED):
        return STALE
    known, new = _known(inbound, customer_id), translate.facts(tax_id)
    kept, noted = _with([*known], {tax_id["id"]: new})
    if not noted:
        return Ignored(f"It stays at Stripe, and cannot be kept here: {_refusal((*known, new))}")
    if tuple(kept) != known:
        _save(inbound, customer_id, tuple(kept))
    for name in noted:
        _give_up_own(inbound, customer_id, tax_id, name)
    _note(inbound, customer_id, tax_id, noted)
    return None


def _give_up_own(inbound: Inbound, customer_id: str, tax_id: Json, name: str) -> None:
    """Both sides have added the same one: lets a push delete FlexSync's."""
    notes = inbound.notes_of(Kind.CUSTOMER, read_id(tax_id, "customer"))
    own = (notes.get(NOTED) or {}).get(name)
    if own in (None, tax_id["id"]):
        return
    inbound.annotate(Kind.CUSTOMER, customer_id, {DOUBLE: sorted({*notes.get(DOUBLE, ()), own})})
    announce(Change(Kind.CUSTOMER, customer_id, inbound.environment_id))


def deleted(inbound: Inbound, event: Json) -> Ignored | None:
    """customer.tax_id.deleted: the customer here has it no more."""
    tax_id = object_of(event)
    customer_id = inbound.entity_id_of(Kind.CUSTOMER, read_id(tax_id, "customer"))
    if customer_id is None:
        return UNKNOWN
    if is_echo(inbound, event):
        return ECHO
    noted = inbound.notes_of(Kind.CUSTOMER, read_id(tax_id, "customer")).get(NOTED) or {}
    names = {name for name, stripe_id in noted.items() if stripe_id == tax_id["id"]}
    if not names:
        return UNKNOWN
    known = _known(inbound, customer_id)
    _save(inbound, customer_id, tuple(one for one in known if translate.name(one) not in names))
    _note(inbound, customer_id, tax_id, {}, without=names)
    return None


def listed(inbound: Inbound, customer: Json) -> None:
    """All that a list shows of a customer: what was added or deleted at Stripe, and heard of by no event."""
    customer_id, there = inbound.entity_id_of(Kind.CUSTOMER, customer["id"]), translate.shown(customer)
    noted = inbound.notes_of(Kind.CUSTOMER, customer["id"]).get(NOTED) or {}
    if customer_id is None or there is None or set(there) == set(noted.values()):
        return
    gone = {name for name, stripe_id in noted.items() if stripe_id not in there}
    known = _known(inbound, customer_id)
    kept = [one for one in known if translate.name(one) not in gone]
    kept, added = _with(kept, {id: one for id, one in there.items() if id not in noted.values()})
    if tuple(kept) != known:
        _save(inbound, customer_id, tuple(kept))
    left = {name: stripe_id for name, stripe_id in noted.items() if name not in gone}
    inbound.annotate(Kind.CUSTOMER, customer_id, {NOTED: {**left, **added}})


def _with(kept: list[TaxIdFacts], new: Mapping[str, TaxIdFacts]) -> tuple[list[TaxIdFacts], dict[str, str]]:
    """The customer's with those that are new at Stripe, and the notes on these.

    What cannot be kept here stays there.
    """
    noted: dict[str, str] = {}
    for stripe_id, one in new.items():
        same = next((other for other in kept if translate.plain(other) == translate.plain(one)), None)
        if same is None and not _refusal((*kept, one)):
            kept, same = [*kept, one], one
        if same is not None:
            noted[translate.name(same)] = stripe_id
    return kept, noted


def is_news(notes: Json, customer: Json) -> bool:
    """Whether a list shows others than are noted."""
    there = translate.shown(customer)
    return there is not None and set(there) != set((notes.get(NOTED) or {}).values())


def _known(inbound: Inbound, customer_id: str) -> tuple[TaxIdFacts, ...]:
    customer = find(Customer, inbound.environment_id, [customer_id])[customer_id]
    return customers.facts(customer).tax_ids


def _refusal(wanted: tuple[TaxIdFacts, ...]) -> str:
    """Why a customer here cannot have these tax ids, "" where one can."""
    try:
        tax_ids.check_tax_ids(wanted)
    except Invalid as invalid:
        return str(invalid)
    return ""


def _save(inbound: Inbound, customer_id: str, wanted: tuple[TaxIdFacts, ...]) -> None:
    environment, origin = inbound.environment_id, inbound.connection_id
    changes = {"tax_ids": wanted}
    customers.update(environment_id=environment, customer_id=customer_id, changes=changes, origin=origin)


def _note(
    inbound: Inbound,
    customer_id: str,
    tax_id: Json,
    added: dict[str, str],
    *,
    without: set[str] | None = None,
) -> None:
    noted = inbound.notes_of(Kind.CUSTOMER, read_id(tax_id, "customer")).get(NOTED) or {}
    kept = {name: stripe_id for name, stripe_id in noted.items() if name not in (without or set())}
    inbound.annotate(Kind.CUSTOMER, customer_id, {NOTED: {**kept, **added}})
