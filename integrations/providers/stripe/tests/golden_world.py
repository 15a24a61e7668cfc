"""The world that golden events arrive in; in the files the rows that they name have the ids below."""

import json
from datetime import timedelta
from typing import Any

from django.utils import timezone

from billing.events import Kind
from billing.facts import PaymentFacts
from billing.models import Customer, Invoice, Payment
from billing.services.invoices import invoices
from billing.services.payments import payments
from integrations.inbox import processing
from integrations.inbox.outcomes import MAX_ATTEMPTS
from integrations.models import Connection, EntityMapping, InboundEvent
from integrations.providers.stripe.testing import golden, receive_signed
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.translate import invoice_edits

ENVIRONMENT, CUSTOMER, INVOICE, PAYMENT = "env_golden", "cust_golden", "inv_golden", "pay_golden"


class World:
    """An environment with Ada, her finalized invoice over 54.00 USD, and a checkout of it."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._hours = 0
        self.ada: Customer = builders.customer(connection.environment)
        self.invoice: Invoice = builders.invoice(self.ada)
        self._ids = {ENVIRONMENT: connection.environment_id, CUSTOMER: self.ada.id, INVOICE: self.invoice.id}

    def open_checkout(self) -> Payment:
        """A pending payment of the invoice, which began here."""
        facts = PaymentFacts(
            customer_id=self.ada.id,
            invoice_id=self.invoice.id,
            amount=builders.TOTAL,
            currency="USD",
            gateway="stripe",
        )
        environment = self.connection.environment_id
        payment = payments.create(environment_id=environment, facts=facts, now=timezone.now())
        self._ids[PAYMENT] = payment.id
        return payment

    def link_invoice(self, name: str) -> None:
        """As if its push had made the invoice of this event, whose texts are not those of the row here."""
        found = self.event(name)["data"]["object"]
        held = apart = invoice_edits.desired_params(
            invoices.facts(self.invoice), self.invoice.id, has_due_date=False
        )
        if found["object"] == "invoice":
            held = invoice_edits.current_params(found, has_due_date=False)
        apart = {field: apart[field] for field in invoice_edits.TEXTS if apart[field] != held[field]}
        self.link(Kind.INVOICE, self.invoice.id, found.get("invoice") or found["id"], held=held, apart=apart)

    def link(self, kind: Kind, entity_id: str, provider_id: str, **notes: Any) -> None:
        """As if the two had been linked before."""
        EntityMapping.objects.create(
            connection=self.connection,
            entity_type=kind,
            entity_id=entity_id,
            provider_entity_id=provider_id,
            metadata=notes,
        )

    def event(self, name: str, **changes: Any) -> dict[str, Any]:
        """The golden event with this world's ids; ``changes`` are of the event, not of its object."""
        text = json.dumps(golden(name))
        for placeholder, actual in self._ids.items():
            text = text.replace(placeholder, actual)
        return json.loads(text) | changes

    def arrive(self, name: str, **changes: Any) -> InboundEvent:
        """Receives the golden event; returns its row as it is then."""
        return receive_signed(self.connection, self.event(name, **changes))

    def take(self, event: dict[str, Any]) -> InboundEvent:
        """Receives a changed golden event."""
        return receive_signed(self.connection, event)

    def rows(self) -> list[InboundEvent]:
        """All that has arrived."""
        return list(self.connection.inbound_events.order_by("received_at", "id"))

    def try_again(self, row: InboundEvent) -> InboundEvent:
        """Lets the inbox try a waiting event as if its time had come, later at each call."""
        self._hours += 2
        processing.process(row.id, timezone.now() + timedelta(hours=self._hours))
        row.refresh_from_db()
        return row

    def all_apply(self) -> None:
        """Lets the inbox try waiting events until none is left; fails for those that never apply."""
        for _ in range(MAX_ATTEMPTS):
            for row in self.rows():
                if row.state == "pending":
                    self.try_again(row)
        assert [(row.type, row.reason) for row in self.rows() if row.state in ("pending", "dead")] == []

    def arrives(self, *names: str) -> None:
        """Receives several, all of which must apply."""
        for name in names:
            row = self.arrive(name)
            assert row.state == "applied", (name, row.state, row.reason)

    def arrives_again(self, name: str) -> None:
        """Lets the inbox try a waiting event as if its time had come; it must apply."""
        row = InboundEvent.objects.get(provider_event_id=golden(name)["id"])
        processing.process(row.id, timezone.now() + timedelta(hours=1))
        row.refresh_from_db()
        assert row.state == "applied", row.reason

    def local_id(self, kind: Kind, name: str) -> str | None:
        """The id here of a golden event's object."""
        found = EntityMapping.objects.filter(
            entity_type=kind, provider_entity_id=golden(name)["data"]["object"]["id"]
        )
        return found.values_list("entity_id", flat=True).first()
