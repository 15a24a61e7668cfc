"""Lines that a credit note names."""

import pytest

from . import factories
from .payments import refused


def of_invoice(invoice, index=0, **what):
    line = invoice.lines.data[index]
    return {"type": "invoice_line_item", "invoice_line_item": line.id, **what}


def credit(client, invoice, *lines):
    return client.v1.credit_notes.create({"invoice": invoice.id, "lines": list(lines)})


def invoice_of_three(client, **line):
    price = factories.price(client, 250, None)
    invoice = factories.draft(client)
    lines = [{"pricing": {"price": price.id}, "quantity": 3, **line}]
    client.v1.invoices.add_lines(invoice.id, {"lines": lines})
    return client.v1.invoices.finalize_invoice(invoice.id)


def vat(client, percentage=20):
    params = {"display_name": "VAT", "percentage": percentage, "inclusive": False}
    return client.v1.tax_rates.create(params)


class TestACreditedLine:
    def test_takes_its_tax_along(self, client):
        invoice = factories.draft(client)
        lines = [{"amount": 1000, "tax_rates": [vat(client).id]}]
        invoice = client.v1.invoices.add_lines(invoice.id, {"lines": lines})
        client.v1.invoices.finalize_invoice(invoice.id)
        note = credit(client, invoice, of_invoice(invoice, amount=500))
        assert (note.total, note.subtotal, note.total_taxes[0].amount) == (600, 500, 100)
        line = client.v1.credit_notes.line_items.list(note.id).data[0]
        assert (line.amount, line.quantity, line.unit_amount) == (500, None, None)

    def test_takes_its_share_of_the_discount_along(self, client):
        half = client.v1.coupons.create({"percent_off": 50})
        invoice = factories.open_invoice(client, 1000, discounts=[{"coupon": half.id}])
        note = credit(client, invoice, of_invoice(invoice, amount=600))
        assert (note.subtotal, note.discount_amount, note.total) == (600, 300, 300)
        assert client.v1.invoices.retrieve(invoice.id).amount_remaining == 200

    def test_by_quantity_shows_quantity_and_unit_amount(self, client):
        invoice = invoice_of_three(client)
        line = credit(client, invoice, of_invoice(invoice, quantity=2)).lines.data[0]
        assert (line.amount, line.quantity, line.unit_amount, line.unit_amount_decimal) == (500, 2, 250, 250)

    def test_is_credited_in_parts_that_add_up(self, client):
        third = client.v1.coupons.create({"percent_off": 33})
        rates = [vat(client, 8.875).id]
        invoice = invoice_of_three(client, tax_rates=rates, discounts=[{"coupon": third.id}])
        notes = [credit(client, invoice, of_invoice(invoice, quantity=1)) for _ in range(3)]
        assert sum(note.total for note in notes) == invoice.total
        assert sum(note.total_taxes[0].amount for note in notes) == invoice.total_taxes[0].amount
        assert client.v1.invoices.retrieve(invoice.id).status == "paid"

    def test_can_be_credited_again_after_a_void(self, client):
        invoice = invoice_of_three(client)
        note = credit(client, invoice, of_invoice(invoice, quantity=2))
        assert refused(credit, client, invoice, of_invoice(invoice, quantity=2)).param == "lines[0][quantity]"
        client.v1.credit_notes.void_credit_note(note.id)
        assert credit(client, invoice, of_invoice(invoice, quantity=2)).total == 500

    def test_that_is_negative_is_credited_with_a_negative_amount(self, client):
        invoice = factories.open_invoice(client, 1000, -400)
        both = (of_invoice(invoice, 0, amount=1000), of_invoice(invoice, 1, amount=-400))
        assert credit(client, invoice, *both).total == 600
        other = factories.open_invoice(client, 1000, -400)
        assert refused(credit, client, other, of_invoice(other, 1, amount=-400)).param == "amount"

    def test_can_have_tax_amounts_of_its_own(self, client):
        data = {"display_name": "VAT", "percentage": 20, "inclusive": False, "country": "DE"}
        tax = {"amount": 190, "taxable_amount": 1000, "tax_rate_data": data}
        invoice = factories.draft(client)
        invoice = client.v1.invoices.add_lines(
            invoice.id, {"lines": [{"amount": 1000, "tax_amounts": [tax]}]}
        )
        client.v1.invoices.finalize_invoice(invoice.id)
        rate = invoice.total_taxes[0].tax_rate_details.tax_rate
        amounts = [{"amount": 90, "tax_rate": rate, "taxable_amount": 500}]
        note = credit(client, invoice, of_invoice(invoice, amount=500, tax_amounts=amounts))
        assert (note.total, note.total_taxes[0].amount) == (590, 90)
        amounts[0]["tax_rate"] = vat(client).id
        error = refused(credit, client, invoice, of_invoice(invoice, amount=100, tax_amounts=amounts))
        assert error.param == "lines[0][tax_amounts][0][tax_rate]"

    @pytest.mark.parametrize(
        ("what", "param"),
        [
            ({}, "lines[0][amount]"),
            ({"amount": 100, "quantity": 1}, "lines[0][amount]"),
            ({"amount": 751}, "lines[0][amount]"),
            ({"amount": -1}, "lines[0][amount]"),
            ({"quantity": 4}, "lines[0][quantity]"),
            ({"quantity": 0}, "lines[0][quantity]"),
            ({"amount": 100, "description": "Sorry"}, "lines[0][description]"),
            ({"amount": 100, "unit_amount": 100}, "lines[0][unit_amount]"),
            ({"amount": 100, "invoice_line_item": "il_unknown"}, "lines[0][invoice_line_item]"),
        ],
    )
    def test_that_stripe_does_not_know_is_refused(self, client, what, param):
        invoice = invoice_of_three(client)
        assert refused(credit, client, invoice, of_invoice(invoice) | what).param == param

    @pytest.mark.parametrize(
        ("first", "then"), [({"amount": 100}, {"quantity": 1}), ({"quantity": 1}, {"amount": 100})]
    )
    def test_is_credited_in_one_way_only(self, client, first, then):
        invoice = invoice_of_three(client)
        credit(client, invoice, of_invoice(invoice, **first))
        assert "was credited by" in refused(credit, client, invoice, of_invoice(invoice, **then)).message


class TestALineOfItsOwn:
    def test_can_be_taxed(self, client):
        line = {"type": "custom_line_item", "unit_amount_decimal": "50", "quantity": 2}
        invoice = factories.open_invoice(client, 1000)
        note = credit(client, invoice, line | {"tax_rates": [vat(client).id]})
        assert (note.subtotal, note.total) == (100, 120)
        assert "invoice_line_item" not in note.lines.data[0]

    @pytest.mark.parametrize(
        ("what", "param"),
        [
            ({"quantity": 1}, "lines[0][unit_amount]"),
            ({"unit_amount": 100}, "lines[0][quantity]"),
            ({"unit_amount": -100, "quantity": 1}, "lines[0][unit_amount]"),
            ({"unit_amount": 1, "unit_amount_decimal": "1", "quantity": 1}, "lines[0][unit_amount]"),
            ({"amount": 100}, "lines[0][amount]"),
        ],
    )
    def test_needs_a_unit_amount_and_a_quantity(self, client, what, param):
        invoice = factories.open_invoice(client, 1000)
        assert refused(credit, client, invoice, {"type": "custom_line_item"} | what).param == param
