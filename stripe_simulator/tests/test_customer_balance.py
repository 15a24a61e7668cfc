"""A customer's balance, one for each currency, and its ledger."""

from . import factories


def entries(client, owner):
    """Return the ledger, oldest first."""
    ledger = client.v1.customers.balance_transactions.list(owner.id, {"limit": 100}).data
    return [(entry.type, entry.amount, entry.ending_balance) for entry in reversed(ledger)]


def adjust(client, owner, amount, currency="usd"):
    params = {"amount": amount, "currency": currency, "description": "Goodwill"}
    return client.v1.customers.balance_transactions.create(owner.id, params)


class TestABalance:
    def test_keeps_a_ledger(self, client):
        customer = factories.customer(client)
        adjust(client, customer, -500)
        invoice = factories.open_invoice(client, 300, owner=customer)
        assert (invoice.status, invoice.amount_due, invoice.ending_balance) == ("paid", 0, -200)
        assert entries(client, customer) == [("adjustment", -500, -500), ("applied_to_invoice", 300, -200)]
        listed = client.v1.customers.balance_transactions.list(customer.id, {"invoice": invoice.id}).data
        assert [entry.type for entry in listed] == ["applied_to_invoice"]

    def test_that_a_new_customer_has_is_the_initial_entry(self, client):
        owner = factories.customer(client, balance=-500)
        client.v1.customers.update(owner.id, {"balance": 200})
        assert entries(client, owner) == [("initial", -500, -500), ("adjustment", 700, 200)]

    def test_sends_an_event_of_the_customer_and_none_of_its_own(self, client):
        owner = factories.customer(client)
        adjust(client, owner, -500)
        event = client.v1.events.list().data[0]
        assert (event.type, event.data.object["balance"]) == ("customer.updated", -500)
        assert event.data["previous_attributes"].to_dict() == {"balance": 0, "currency": None}

    def test_that_is_debt_raises_what_an_invoice_asks_for(self, client):
        owner = factories.customer(client, balance=250)
        invoice = factories.open_invoice(client, 1000, owner=owner)
        amounts = (invoice.total, invoice.amount_due, invoice.starting_balance, invoice.ending_balance)
        assert amounts == (1000, 1250, 250, 0)
        paid = client.v1.invoices.pay(invoice.id, {"payment_method": "pm_card_visa"})
        assert (paid.status, paid.amount_paid) == ("paid", 1250)


class TestABalanceInAnotherCurrency:
    def test_is_kept_apart(self, client):
        owner = factories.customer(client, balance=-500)
        adjust(client, owner, -70, "eur")
        assert entries(client, owner) == [("initial", -500, -500), ("adjustment", -70, -70)]
        shown = client.v1.customers.retrieve(owner.id, {"expand": ["invoice_credit_balance"]})
        assert (shown.balance, shown.currency) == (-500, "usd")
        assert shown.invoice_credit_balance.to_dict() == {"usd": 500, "eur": 70}

    def test_is_applied_to_invoices_in_that_currency_alone(self, client):
        owner = factories.customer(client, balance=-500)
        adjust(client, owner, -70, "eur")
        euros = factories.open_invoice(client, 1000, owner=owner, currency="eur")
        assert (euros.amount_due, euros.starting_balance, euros.ending_balance) == (930, -70, 0)
        assert client.v1.customers.retrieve(owner.id).balance == -500


class TestADraft:
    def test_shows_the_balance_as_it_is_now(self, client):
        owner = factories.customer(client)
        draft = factories.draft(client, 1000, owner=owner)
        adjust(client, owner, -400)
        draft = client.v1.invoices.retrieve(draft.id)
        assert (draft.starting_balance, draft.ending_balance) == (-400, None)
        assert (draft.amount_due, draft.amount_remaining) == (600, 600)

    def test_takes_the_balance_of_the_moment_when_it_is_finalized(self, client):
        owner = factories.customer(client, balance=-900)
        first, second = (factories.draft(client, 600, owner=owner) for _ in range(2))
        client.v1.invoices.finalize_invoice(first.id)
        second = client.v1.invoices.finalize_invoice(second.id)
        amounts = (second.starting_balance, second.amount_due, second.ending_balance)
        assert amounts == (-300, 300, 0)


class TestAVoidedInvoice:
    def test_returns_the_credit_that_was_applied(self, client):
        owner = factories.customer(client, balance=-400)
        invoice = factories.open_invoice(client, 1000, owner=owner)
        voided = client.v1.invoices.void_invoice(invoice.id)
        assert (voided.amount_due, voided.ending_balance) == (600, 0)
        assert entries(client, owner)[1:] == [
            ("applied_to_invoice", 400, 0),
            ("unapplied_from_invoice", -400, -400),
        ]
        entry = client.v1.customers.balance_transactions.list(owner.id).data[0]
        assert entry.invoice == invoice.id

    def test_returns_the_debt_that_it_asked_for(self, client):
        owner = factories.customer(client, balance=400)
        client.v1.invoices.void_invoice(factories.open_invoice(client, 1000, owner=owner).id)
        assert entries(client, owner)[-1] == ("unapplied_from_invoice", 400, 400)
        assert client.v1.customers.retrieve(owner.id).balance == 400
