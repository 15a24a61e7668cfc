"""Objects of old API versions, and of endpoints that are sent old and new names, in the pinned spelling."""

import copy

import pytest

from integrations.providers.stripe.testing import golden, golden_names
from integrations.providers.stripe.translate import spellings
from integrations.providers.stripe.translate.errors import Untranslatable

LINE = {"id": "il_1", "object": "line_item", "amount": 1200}
PLAN = {"id": "gold", "object": "plan", "amount": 900, "currency": "usd", "interval": "month"}
INVOICE = {"id": "in_1", "object": "invoice", "amount_due": 1200, "total": 1200, "currency": "usd"}


def inclusive(amount):
    details = {"tax_rate": "txr_1"}
    return {
        "amount": amount,
        "tax_behavior": "inclusive",
        "tax_rate_details": details,
        "type": "tax_rate_details",
    }


def line(**fields):
    whole = {"object": "invoice", "amount_due": 0, "lines": {"data": [LINE | fields], "has_more": False}}
    return spellings.current(whole)["lines"]["data"][0]


def invoice(**fields):
    return spellings.current(INVOICE | fields)


def subscription(**fields):
    return spellings.current({"id": "sub_1", "object": "subscription", "currency": "usd"} | fields)


def lines(*amounts, **fields):
    return {"data": [{"amount": amount, **fields} for amount in amounts], "has_more": False}


class TestWhatIsSpelledAlready:
    @pytest.mark.parametrize("name", [name for name in golden_names() if "old" not in name])
    def test_comes_back_as_it_is(self, name):
        event = golden(name)
        if event["api_version"] >= "2025-03-31":
            assert spellings.of_event(event) is event

    @pytest.mark.parametrize("body", [{}, {"data": None}, {"data": {"object": []}}, {"data": {}}])
    def test_an_event_without_an_object_does_too(self, body):
        assert spellings.of_event(body) is body


@pytest.mark.parametrize("name", [name for name in golden_names() if "old" in name or "both" in name])
def test_the_stored_payload_stays_as_it_came(name):
    event = golden(name)
    before = copy.deepcopy(event)
    spellings.of_event(event)
    assert event == before


class TestLines:
    OLD_TAX = {"amount": 200, "inclusive": True, "tax_rate": "txr_1"}

    def test_tax_amounts_are_taxes(self):
        assert line(tax_amounts=[self.OLD_TAX])["taxes"] == [inclusive(200)]

    def test_taxes_win_over_tax_amounts(self):
        found = line(tax_amounts=[self.OLD_TAX], taxes=[inclusive(201)])
        assert found["taxes"] == [inclusive(201)] and "tax_amounts" not in found
        assert line(tax_amounts=[self.OLD_TAX], taxes=[])["taxes"] == []

    @pytest.mark.parametrize(
        ("old", "named", "unit"),
        [
            ({"price": {"id": "price_1", "unit_amount_decimal": "10.5"}}, "price_1", "10.5"),
            ({"price": {"id": "price_1", "unit_amount": 10}}, "price_1", 10),
            ({"price": "price_1", "unit_amount": 10}, "price_1", 10),
            ({"plan": {"id": "gold", "amount_decimal": "10.5", "amount": 10}}, "gold", "10.5"),
            ({"plan": PLAN, "price": None}, "gold", 900),
        ],
    )
    def test_a_price_or_a_plan_is_its_pricing(self, old, named, unit):
        pricing = line(**old)["pricing"]
        assert (pricing["price_details"]["price"], pricing["unit_amount_decimal"]) == (named, unit)

    def test_the_name_of_a_plan_describes_its_line(self):
        assert line(plan=PLAN | {"name": "Gold"}, description=None)["description"] == "Gold"
        assert line(plan=PLAN | {"name": "Gold"}, description="3 x Gold")["description"] == "3 x Gold"

    def test_pricing_wins_over_a_price(self):
        pricing = {"price_details": {"price": "price_2"}, "unit_amount_decimal": "3"}
        assert line(pricing=pricing, price={"id": "price_1"})["pricing"] is pricing

    def test_its_kind_is_its_parent(self):
        found = line(type="subscription", subscription="sub_1", subscription_item="si_1", proration=True)
        details = found["parent"]["subscription_item_details"]
        assert (details["subscription"], details["subscription_item"], details["proration"]) == (
            "sub_1",
            "si_1",
            True,
        )
        found = line(type="invoiceitem", invoice_item="ii_1", proration=False)
        assert found["parent"]["invoice_item_details"]["invoice_item"] == "ii_1"


class TestInvoices:
    def test_a_subscription_is_a_parent(self):
        found = invoice(subscription="sub_1")
        assert found["parent"]["subscription_details"]["subscription"] == "sub_1"
        parent = {"type": "subscription_details", "subscription_details": {"subscription": "sub_2"}}
        assert invoice(subscription="sub_1", parent=parent)["parent"] is parent

    @pytest.mark.parametrize(
        ("old", "expected"),
        [
            ({"payment_intent": "pi_1", "charge": "ch_1", "paid": True}, ("pi_1", 1200, "paid")),
            ({"charge": "ch_1", "paid": True, "amount_paid": 1100}, ("ch_1", 1100, "paid")),
            ({"payment_intent": "pi_1", "paid": False}, ("pi_1", None, "open")),
            ({"payment_intent": "pi_1", "paid": True, "paid_out_of_band": True}, ("pi_1", None, "canceled")),
        ],
    )
    def test_its_payment_is_one_of_its_payments(self, old, expected):
        (payment,) = invoice(**old)["payments"]["data"]
        paid_by = payment["payment"][payment["payment"]["type"]]
        assert (paid_by, payment["amount_paid"], payment["status"]) == expected

    def test_payments_win_over_a_payment_intent(self):
        payments = {"data": [], "has_more": False}
        assert invoice(payment_intent="pi_1", paid=True, payments=payments)["payments"] is payments

    @pytest.mark.parametrize(("flag", "amount"), [(True, 1200), (False, 0)])
    def test_paid_out_of_band_is_an_amount(self, flag, amount):
        assert invoice(paid=True, paid_out_of_band=flag)["amount_paid_off_stripe"] == amount

    @pytest.mark.parametrize(
        ("flags", "status"),
        [
            ({"paid": True, "closed": True}, "paid"),
            ({"paid": False, "forgiven": True, "closed": True}, "uncollectible"),
            ({"paid": False, "attempted": True, "closed": False}, "open"),
            ({"paid": False, "attempted": False, "closed": False}, "draft"),
            ({"paid": False, "attempted": False, "status": "void"}, "void"),
        ],
    )
    def test_flags_are_a_status(self, flags, status):
        assert invoice(**flags)["status"] == status

    def test_old_names_are_new_ones(self):
        found = invoice(date=5, billing="send_invoice", finalized_at=7, paid=False)
        assert (found["created"], found["collection_method"]) == (5, "send_invoice")
        assert found["status_transitions"] == {"finalized_at": 7} and not {"date", "billing"} & set(found)
        assert invoice(date=5)["collection_method"] == "charge_automatically"

    def test_what_it_alone_says_is_divided_among_its_lines(self):
        old = {"discount": {"id": "di_1"}, "tax": 150, "total": 1050, "lines": lines(700, 200, 100, -50)}
        found = invoice(**old)["lines"]["data"]
        # 950 in all, 50 off it, 150 upon it.
        discounts = [sum(one["amount"] for one in line["discount_amounts"]) for line in found]
        taxes = [sum(one["amount"] for one in line["taxes"]) for line in found]
        assert discounts == [35, 10, 5, 0] and sum(taxes) == 150 and all(taxes[:3]) and taxes[3] < 0

    def test_what_its_lines_say_is_not(self):
        said = lines(1000, tax_amounts=[{"amount": 100, "inclusive": False}], discount_amounts=[])
        (found,) = invoice(discount={"id": "di_1"}, tax=200, total=1200, lines=said)["lines"]["data"]
        assert [one["amount"] for one in found["taxes"]] == [100] and found["discount_amounts"] == []


class TestSubscriptions:
    PERIOD = {"current_period_start": 1, "current_period_end": 2}

    def items(self, **item):
        price = {"id": "price_1", "object": "price", "currency": "eur"}
        return {"data": [{"id": "si_1", "price": price, "quantity": 2} | item]}

    def test_its_period_is_its_items(self):
        (item,) = subscription(items=self.items(), **self.PERIOD)["items"]["data"]
        assert (item["current_period_start"], item["current_period_end"]) == (1, 2)
        (item,) = subscription(items=self.items(current_period_start=3), **self.PERIOD)["items"]["data"]
        assert (item["current_period_start"], item["current_period_end"]) == (3, 2)

    def test_a_plan_is_a_price(self):
        (item,) = subscription(items=self.items(plan=PLAN, price=None))["items"]["data"]
        assert item["price"] == {
            "id": "gold",
            "object": "plan",
            "currency": "usd",
            "unit_amount": 900,
            "recurring": {"interval": "month"},
        }
        assert subscription(items=self.items(plan=PLAN))["items"]["data"][0]["price"]["id"] == "price_1"

    def test_one_plan_is_one_item(self):
        (item,) = subscription(plan=PLAN, quantity=3, **self.PERIOD)["items"]["data"]
        assert (item["price"]["id"], item["quantity"], item["current_period_end"]) == ("gold", 3, 2)

    def test_its_currency_is_its_items(self):
        assert subscription(currency=None, items=self.items())["currency"] == "eur"
        assert subscription(currency="usd", items=self.items())["currency"] == "usd"

    def test_start_is_its_start_date(self):
        assert subscription(start=5)["start_date"] == 5


class TestMoney:
    def test_the_newest_of_the_charges_is_the_latest_one(self):
        charge = {"id": "ch_2", "object": "charge", "payment_method_details": {"type": "card"}}
        intent = {"object": "payment_intent", "charges": {"data": [charge, {"id": "ch_1"}]}}
        assert spellings.current(intent)["latest_charge"] == charge
        assert spellings.current(intent | {"latest_charge": "ch_2"})["latest_charge"] == charge
        assert spellings.current(intent | {"latest_charge": "ch_3"})["latest_charge"] == "ch_3"

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("requires_source", "requires_payment_method"),
            ("requires_source_action", "requires_action"),
            ("succeeded", "succeeded"),
        ],
    )
    def test_statuses_of_intents_are_those_of_today(self, old, new):
        intent = {"object": "payment_intent", "status": old, "allowed_source_types": ["card"]}
        found = spellings.current(intent)
        assert (found["status"], found["payment_method_types"]) == (new, ["card"])

    @pytest.mark.parametrize(
        ("source", "kind"),
        [
            ({"source": {"object": "card"}}, "card"),
            ({"card": {"object": "card"}}, "card"),
            ({"source": {"object": "source", "type": "ideal"}}, "ideal"),
            ({"source": {"object": "card"}, "payment_method_details": {"type": "sepa_debit"}}, "sepa_debit"),
        ],
    )
    def test_a_source_is_a_payment_method(self, source, kind):
        found = spellings.current({"object": "charge", "status": "paid"} | source)
        assert (found["payment_method_details"]["type"], found["status"]) == (kind, "succeeded")

    def test_a_refund_without_a_status_succeeded(self):
        assert spellings.current({"object": "refund", "status": None})["status"] == "succeeded"

    def test_a_dispute_has_transactions_and_details(self):
        taken = {"amount": -100, "currency": "usd"}
        found = spellings.current({"object": "dispute", "balance_transaction": taken, "evidence_due_by": 5})
        assert (found["balance_transactions"], found["evidence_details"]) == ([taken], {"due_by": 5})

    def test_a_dispute_that_a_refund_closed_takes_nothing(self):
        found = spellings.current({"object": "dispute", "status": "charge_refunded"})
        assert found["status"] == "warning_closed"

    def test_an_account_balance_is_a_balance(self):
        assert spellings.current({"object": "customer", "account_balance": -5}) == {
            "object": "customer",
            "balance": -5,
        }


@pytest.mark.parametrize(
    ("stripe_object", "named"),
    [
        ({"object": "invoice", "lines": "none"}, "lines of invoice is 'none'"),
        ({"object": "invoice", "lines": {"data": {}}}, "data of an object is dict {}"),
        ({"object": "invoice", "paid": True, "amount_due": "12"}, "amount_due of invoice is '12'"),
        ({"object": "price", "id": "price_1", "tiers": [1]}, "tiers of price price_1 is list [1]"),
        ({"object": "subscription", "items": 1.5}, "items of subscription is 1.5"),
    ],
)
def test_what_cannot_be_read_is_named(stripe_object, named):
    with pytest.raises(Untranslatable) as refused:
        spellings.current(stripe_object)
    assert named in str(refused.value)
