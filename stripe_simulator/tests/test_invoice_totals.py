"""Totals of invoices, in minor units."""

import pytest
import stripe

from . import factories


def with_lines(client, *lines, **params):
    invoice = factories.draft(client, **params)
    return client.v1.invoices.add_lines(invoice.id, {"lines": list(lines)})


def vat(amount, taxable, percentage=20.0, inclusive=False):
    data = {"display_name": "VAT", "percentage": percentage, "inclusive": inclusive}
    return [{"amount": amount, "taxable_amount": taxable, "tax_rate_data": data}]


class TestTotals:
    def test_add_up_with_a_negative_line(self, client):
        invoice = factories.draft(client, 1000, -250)
        assert (invoice.subtotal, invoice.total, invoice.amount_due) == (750, 750, 750)

    def test_contain_taxes_given_as_amounts(self, client):
        invoice = with_lines(client, {"amount": 1000, "tax_amounts": vat(200, 1000)}, {"amount": 500})
        assert (invoice.subtotal, invoice.total, invoice.total_excluding_tax) == (1500, 1700, 1500)
        assert [(tax.amount, tax.tax_behavior) for tax in invoice.total_taxes] == [(200, "exclusive")]

    def test_gather_the_same_rate_from_many_lines(self, client):
        line = {"amount": 1000, "tax_amounts": vat(200, 1000)}
        invoice = with_lines(client, line, line, {"amount": 100, "tax_amounts": vat(7, 100, 7.0)})
        assert [(tax.amount, tax.taxable_amount) for tax in invoice.total_taxes] == [(400, 2000), (7, 100)]
        rate = client.v1.tax_rates.retrieve(invoice.total_taxes[0].tax_rate_details.tax_rate)
        assert (rate.percentage, rate.active) == (20.0, False)

    def test_take_a_percentage_off_before_tax_by_rate(self, client):
        rate = client.v1.tax_rates.create({"display_name": "VAT", "percentage": 20, "inclusive": False})
        coupon = client.v1.coupons.create({"percent_off": 10})
        invoice = with_lines(
            client,
            {"amount": 1000, "tax_rates": [rate.id]},
            {"amount": 500},
            discounts=[{"coupon": coupon.id}],
        )
        assert invoice.total_discount_amounts[0].amount == 150
        assert invoice.total_taxes[0].amount == 180
        assert invoice.total == 1500 - 150 + 180

    def test_find_tax_inside_an_inclusive_price(self, client):
        rate = client.v1.tax_rates.create({"display_name": "VAT", "percentage": 19, "inclusive": True})
        invoice = with_lines(client, {"amount": 11900, "tax_rates": [rate.id]})
        assert (invoice.total, invoice.total_excluding_tax) == (11900, 10000)
        assert invoice.total_taxes[0].amount == 1900

    def test_share_a_fixed_discount_out_to_the_last_unit(self, client):
        coupon = client.v1.coupons.create({"amount_off": 100, "currency": "usd"})
        lines = [{"amount": 333}] * 3
        invoice = with_lines(client, *lines, discounts=[{"coupon": coupon.id}])
        shares = [line.discount_amounts[0].amount for line in invoice.lines.data]
        assert sorted(shares) == [33, 33, 34]
        assert invoice.total == 899

    def test_never_discount_more_than_there_is(self, client):
        coupon = client.v1.coupons.create({"amount_off": 5000, "currency": "usd"})
        invoice = factories.draft(client, 1000, -100, discounts=[{"coupon": coupon.id}])
        assert invoice.total_discount_amounts[0].amount == 1000
        assert (invoice.total, invoice.amount_due) == (-100, 0)

    def test_apply_a_discount_of_a_line_first(self, client):
        half, tenth = (client.v1.coupons.create({"percent_off": percent}) for percent in (50, 10))
        line = {"amount": 1000, "discounts": [{"coupon": half.id}]}
        invoice = with_lines(client, line, discounts=[{"coupon": tenth.id}])
        assert invoice.total == 450
        assert {discount.amount for discount in invoice.total_discount_amounts} == {500, 50}

    def test_round_each_line_half_up(self, client):
        rate = client.v1.tax_rates.create({"display_name": "T", "percentage": 8.875, "inclusive": False})
        invoice = with_lines(client, {"amount": 200, "tax_rates": [rate.id]}, {"amount": 1200})
        assert invoice.total_taxes[0].amount == 18

    def test_multiply_prices_by_quantity(self, client):
        price = factories.price(client, 250, interval=None)
        invoice = with_lines(client, {"pricing": {"price": price.id}, "quantity": 4, "description": "Seats"})
        line = invoice.lines.data[0]
        assert (line.amount, line.quantity, line.pricing.price_details.price) == (1000, 4, price.id)

    def test_refuse_recurring_prices_and_other_currencies(self, client):
        invoice = factories.draft(client)
        euros = {"price_data": {"currency": "eur", "unit_amount": 5, "product_data": {"name": "x"}}}
        recurring = {"pricing": {"price": factories.price(client).id}}
        for line in (euros, recurring, {"description": "nothing"}, {"amount": 5, "quantity": 2}):
            with pytest.raises(stripe.InvalidRequestError):
                client.v1.invoices.add_lines(invoice.id, {"lines": [line]})
        assert client.v1.invoices.retrieve(invoice.id).total == 0
