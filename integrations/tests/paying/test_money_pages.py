"""Money in the admin: refund, charge and saved methods, whatever the provider, and who may use them."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from billing.errors import Conflict
from billing.models import Customer, Invoice, Payment, Refund
from billing.services.customers import default_methods
from billing.tests.admin.conftest import onlooker, operator
from billing.tests.admin.pages import messages_of, page
from integrations.errors import Rejected, Retry
from integrations.payments import charges
from integrations.provider_api import Payments
from integrations.testing import registered
from integrations.tests.factories import CustomerFactory, EnvironmentFactory, finalized_invoice
from integrations.tests.paying import till

__all__ = ["onlooker", "operator"]


def address(name, *ids):
    return reverse(f"admin:integrations_outboundsync_{name}", args=ids)


def html(response):
    assert response.status_code == 200
    return response.content.decode()


def asked(response):
    """What the form of a page that asks sends with its button."""
    fields = re.findall(r'type="hidden" name="(key|asked)" value="([^"]+)"', html(response))
    return dict(fields)


def key_of(response):
    """The key of the form, which makes two posts one."""
    return re.search(r'name="key" value="([^"]+)"', response.content.decode()).group(1)


class TestRefunding:
    def test_is_offered_for_money_that_came(self, operator, payment):
        assert address("refund", payment.pk) in html(operator.get(page(Payment, "change", payment.pk)))

    def test_is_not_offered_once_all_is_refunded(self, operator, payment):
        operator.post(address("refund", payment.pk), {"key": "one", "confirmed": "yes"})
        assert address("refund", payment.pk) not in html(operator.get(page(Payment, "change", payment.pk)))

    def test_is_done_once_when_the_button_is_pressed_twice(self, operator, payment, gateway):
        form = operator.get(address("refund", payment.pk))
        assert "at most 12.50" in html(form) and "through Till" in html(form)
        body = {"amount": "2.50", "reason": "duplicate", "note": "Sent twice", "key": key_of(form)}
        asked = operator.post(address("refund", payment.pk), body)
        assert "Refund 2.50 USD now" in html(asked) and not Refund.objects.exists()
        body["confirmed"] = "yes"
        for _ in range(2):
            response = operator.post(address("refund", payment.pk), body)
        assert "Refunded 2.50 USD." in messages_of(response)
        refund = Refund.objects.get()
        assert (refund.reason, refund.note, refund.started_by) == ("duplicate", "Sent twice", "operator")
        assert gateway.operations() == ["refunds.create"]
        assert "Sent twice" in html(operator.get(page(Payment, "change", payment.pk)))

    def test_of_too_much_shows_why_it_is_refused(self, operator, payment):
        response = operator.post(address("refund", payment.pk), {"amount": "99", "key": "one"})
        assert "at most 12.50 USD can be refunded" in html(response)
        assert not Refund.objects.exists()

    def test_that_the_gateway_refuses_says_why(self, operator, payment, gateway):
        gateway.answers["refunds.create"] = {"id": "ref_1", "status": "failed", "reason": "Too old."}
        response = operator.post(address("refund", payment.pk), {"key": "one", "confirmed": "yes"})
        assert "The refund of 12.50 USD failed: Too old." in messages_of(response)

    def test_of_a_payment_of_which_some_went_back_meanwhile_is_asked_again(self, operator, payment):
        link = address("refund", payment.pk)
        confirming = {"amount": "5", "confirmed": "yes", **asked(operator.post(link, {"amount": "5"}))}
        operator.post(link, {"key": "another", "amount": "2", "confirmed": "yes"})
        again = html(operator.post(link, confirming))
        assert "It said before: refunded nothing; left 12.50 USD" in again and Refund.objects.count() == 1

    def test_without_an_answer_says_that_it_is_under_way(self, operator, payment, gateway):
        gateway.answers["refunds.create"] = Retry("Till does not answer.")
        response = operator.post(address("refund", payment.pk), {"key": "one", "confirmed": "yes"})
        assert "The refund of 12.50 USD is under way." in messages_of(response)


def owed(invoice, total):
    """The invoice asks for another amount by now."""
    amounts = dict.fromkeys(("subtotal", "total", "amount_due", "amount_remaining"), total)
    Invoice.objects.filter(pk=invoice.pk).update(**amounts)


def once(monkeypatch, module, name, meanwhile):
    """The first call of the function is answered as before, and then something else happens."""
    real = getattr(module, name)

    def calls(*arguments):
        monkeypatch.setattr(module, name, real)
        found = real(*arguments)
        meanwhile()
        return found

    monkeypatch.setattr(module, name, calls)


class TestCharging:
    def test_is_offered_for_an_invoice_with_something_due(self, operator, connection, invoice):
        link = address("charge", connection.pk, invoice.pk)
        assert link in html(operator.get(page(Invoice, "change", invoice.pk)))

    def test_is_not_offered_through_a_provider_that_cannot(self, operator, connection, invoice, gateway):
        with registered(replace(till.provider(gateway), payments=Payments())):
            shown = html(operator.get(page(Invoice, "change", invoice.pk)))
        assert address("charge", connection.pk, invoice.pk) not in shown

    def test_is_not_offered_once_the_invoice_is_paid(self, operator, connection, payment):
        shown = html(operator.get(page(Invoice, "change", payment.invoice_id)))
        assert address("charge", connection.pk, payment.invoice_id) not in shown

    def test_first_shows_the_calls_and_makes_none(self, operator, connection, invoice, gateway):
        shown = html(operator.get(address("charge", connection.pk, invoice.pk)))
        assert "Charge 12.50 USD now" in shown and "charges.create" in shown
        assert (Payment.objects.count(), gateway.calls) == (0, [])

    def test_is_done_once_when_the_button_is_pressed_twice(self, operator, connection, invoice, gateway):
        link = address("charge", connection.pk, invoice.pk)
        body = {"key": key_of(operator.get(link))}
        for _ in range(2):
            response = operator.post(link, body)
        assert "Charged 12.50 USD." in messages_of(response)
        assert gateway.operations() == ["charges.create"]

    def test_of_another_amount_than_was_asked_is_asked_again(self, operator, connection, invoice, gateway):
        link = address("charge", connection.pk, invoice.pk)
        body = asked(operator.get(link))
        owed(invoice, "20.00")
        again = operator.post(link, body)
        assert "It said before: due 12.50 USD" in html(again) and "Charge 20.00 USD now" in html(again)
        assert (Payment.objects.count(), gateway.calls) == (0, [])
        assert "Charged 20.00 USD." in messages_of(operator.post(link, asked(again)))

    def test_of_an_amount_that_changes_after_the_button_is_not_made(self, connection, invoice, gateway):
        with pytest.raises(Conflict, match="10.00 USD was confirmed, but 12.50 USD remains") as refusal:
            charges.charge(connection, invoice_id=invoice.pk, amount=Decimal(10), now=timezone.now())
        assert (refusal.value.code, Payment.objects.count(), gateway.calls) == ("amount_changed", 0, [])

    def test_of_two_at_once_the_second_shows_the_first(self, operator, connection, invoice, monkeypatch):
        link = address("charge", connection.pk, invoice.pk)
        body = asked(operator.get(link))
        once(monkeypatch, charges, "_earlier", lambda: operator.post(link, body))
        assert "Charged 12.50 USD." in messages_of(operator.post(link, body))
        assert Payment.objects.count() == 1

    def test_that_is_declined_says_why(self, operator, connection, invoice, gateway):
        gateway.answers["charges.create"] = till.DECLINED
        response = operator.post(address("charge", connection.pk, invoice.pk), {"key": "one"})
        assert "The charge of 12.50 USD failed: Your card was declined." in messages_of(response)

    def test_that_needs_3d_secure_links_to_where_the_customer_confirms(
        self, operator, connection, invoice, gateway
    ):
        gateway.answers["charges.create"] = till.NEEDS_3D_SECURE
        response = operator.post(address("charge", connection.pk, invoice.pk), {"key": "one"})
        assert "wants the customer to confirm" in messages_of(response)
        assert 'href="https://till.example/confirm"' in messages_of(response)

    def test_offers_no_button_when_the_charge_would_be_skipped(self, operator, connection, invoice):
        Invoice.objects.filter(pk=invoice.pk).update(
            customer=CustomerFactory(environment=connection.environment)
        )
        shown = html(operator.get(address("charge", connection.pk, invoice.pk)))
        assert "The customer is not at Till yet." in shown and "Charge 12.50 USD now" not in shown

    def test_offers_no_button_when_it_is_refused(self, operator, connection, payment):
        shown = html(operator.get(address("charge", connection.pk, payment.invoice_id)))
        assert "Nothing is due" in shown and "USD now" not in shown

    def test_stays_within_the_connections_environment(self, operator, connection):
        stranger = finalized_invoice(EnvironmentFactory())
        assert operator.get(address("charge", connection.pk, stranger.pk)).status_code == 404


class TestSavedMethods:
    @pytest.fixture
    def methods(self, connection, invoice):
        """Where the page is."""
        return address("methods", connection.pk, invoice.customer_id)

    def test_are_read_when_the_page_is_opened_and_not_before(self, operator, invoice, methods, gateway):
        assert methods in html(operator.get(page(Customer, "change", invoice.customer_id)))
        assert gateway.calls == []
        shown = html(operator.get(methods))
        assert "Visa" in shown and "•••• 4242" in shown and "expires 12/2030" in shown

    def test_are_not_offered_by_a_provider_that_keeps_none(self, operator, invoice, methods, gateway):
        with registered(replace(till.provider(gateway), payment_methods=None)):
            assert methods not in html(operator.get(page(Customer, "change", invoice.customer_id)))
            assert "cannot manage saved payment methods" in html(operator.get(methods))

    def test_get_another_default(self, operator, connection, invoice, methods):
        response = operator.post(methods, {"change": "default", "method": "met_debit"})
        assert "met_debit is now the default payment method." in messages_of(response)
        customer = Customer.objects.get(pk=invoice.customer_id)
        assert default_methods.method_of(customer, connection.pk) == "met_debit"

    def test_are_removed(self, operator, methods):
        response = operator.post(methods, {"change": "remove", "method": "met_visa"})
        assert "met_visa was removed." in messages_of(response)
        assert "•••• 4242" not in html(operator.get(methods))

    def test_say_why_the_provider_refused_a_change(self, operator, methods, gateway):
        gateway.answers["methods.remove"] = Rejected("It pays a subscription.")
        response = operator.post(methods, {"change": "remove", "method": "met_visa"})
        assert "It pays a subscription." in html(response)

    def test_lead_to_the_portal_and_back(self, operator, invoice, methods, gateway):
        response = operator.post(methods, {"change": "portal"})
        assert (response.status_code, response["Location"][:28]) == (302, "https://till.example/portal/")
        assert gateway.calls[0].params["return_url"].endswith(page(Customer, "change", invoice.customer_id))

    def test_of_a_customer_whom_the_provider_does_not_know_say_what_to_do(self, operator, connection):
        stranger = CustomerFactory(environment=connection.environment)
        shown = html(operator.get(address("methods", connection.pk, stranger.pk)))
        assert "Sync it first" in shown and "No payment method is saved" not in shown


class TestAnOnlooker:
    def test_is_offered_no_buttons(self, onlooker, connection, payment, invoice):
        assert "Refund" not in html(onlooker.get(page(Payment, "change", payment.pk))).split("<h1")[-1]
        customer = page(Customer, "change", invoice.customer_id)
        assert address("methods", connection.pk, invoice.customer_id) not in html(onlooker.get(customer))

    def test_sees_refunds_all_the_same(self, onlooker, operator, payment):
        operator.post(address("refund", payment.pk), {"note": "Sent twice", "key": "one", "confirmed": "yes"})
        assert "Sent twice" in html(onlooker.get(page(Payment, "change", payment.pk)))

    @pytest.mark.parametrize("name", ["refund", "charge", "methods"])
    def test_may_open_none_of_the_pages(self, onlooker, connection, payment, gateway, name):
        ids = {
            "refund": (payment.pk,),
            "charge": (connection.pk, payment.invoice_id),
            "methods": (connection.pk, payment.customer_id),
        }[name]
        assert onlooker.get(address(name, *ids)).status_code == 403
        assert onlooker.post(address(name, *ids), {"key": "one"}).status_code == 403
        assert gateway.calls == []
