"""Invoices over the API, from draft to paid."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from billing.models import Environment
from billing.tests.api_errors import assert_error
from billing.tests.factories import CustomerFactory, InvoiceFactory, PaymentFactory

LINES = [
    {"description": "Growth plan", "unit_amount": "249.00"},
    {"description": "API calls", "quantity": "120000", "unit_amount": "0.0005", "discount": "12.00"},
    {
        "description": "Support",
        "quantity": 2,
        "unit_amount": "75.50",
        "tax_name": "VAT",
        "tax_percentage": "21",
    },
]


@pytest.fixture
def draft(api: APIClient, environment: Environment) -> Any:
    customer = CustomerFactory(environment=environment)
    response = api.post(
        "/v1/invoices", {"customer_id": customer.pk, "currency": "EUR", "lines": LINES, "footer": "Thanks"}
    )
    assert response.status_code == 201, response.content
    return response.json()


class TestADraft:
    def test_has_the_totals_of_its_lines(self, draft: Any) -> None:
        assert [(line["amount"], line["discount"], line["tax"]) for line in draft["lines"]] == [
            ("249.00", "0.00", "0.00"),
            ("60.00", "12.00", "0.00"),
            ("151.00", "0.00", "31.71"),
        ]
        totals = ("subtotal", "discounts", "tax", "total", "amount_due", "amount_remaining")
        assert [draft[name] for name in totals] == ["460.00", "12.00", "31.71", "479.71", "0.00", "0.00"]
        assert (draft["status"], draft["number"]) == ("draft", "")

    def test_is_read_as_it_was_created(self, api: APIClient, draft: Any) -> None:
        assert api.get(f"/v1/invoices/{draft['id']}").json() == draft

    def test_keeps_lines_that_say_their_id(self, api: APIClient, draft: Any) -> None:
        first = draft["lines"][0]
        lines = [
            {"description": "New", "amount": "1.00"},
            {"id": first["id"], "description": "Kept", "amount": "0"},
        ]
        changed = api.patch(f"/v1/invoices/{draft['id']}", {"lines": lines}).json()
        assert [line["description"] for line in changed["lines"]] == ["New", "Kept"]
        assert changed["lines"][1]["id"] == first["id"]
        assert changed["total"] == "1.00"

    def test_shows_an_amount_alone_as_it_was_sent(self, api: APIClient, draft: Any) -> None:
        path = f"/v1/invoices/{draft['id']}"
        lines = api.patch(path, {"lines": [{"description": "Set-up", "amount": "49.90"}]}).json()["lines"]
        assert [(line["quantity"], line["unit_amount"], line["amount"]) for line in lines] == [
            ("1", None, "49.90")
        ]
        assert api.patch(path, {"lines": lines}).json()["lines"] == lines
        priced = api.patch(f"{path}/lines/{lines[0]['id']}", {"quantity": "2", "unit_amount": "7"}).json()[
            "lines"
        ]
        assert (priced[0]["unit_amount"], priced[0]["amount"]) == ("7.00", "14.00")
        alone = api.patch(f"{path}/lines/{lines[0]['id']}", {"unit_amount": None, "amount": "9"}).json()[
            "lines"
        ]
        assert (alone[0]["quantity"], alone[0]["unit_amount"], alone[0]["amount"]) == ("2", None, "9.00")

    def test_names_fields_of_one_line_as_they_were_sent(self, api: APIClient, draft: Any) -> None:
        path = f"/v1/invoices/{draft['id']}/lines"
        added = api.post(path, {"description": "Set-up", "unit_amount": "2", "amount": "1"})
        assert_error(added, 400, "invalid", amount="which is 2.00")
        changed = api.patch(f"{path}/{draft['lines'][0]['id']}", {"price_id": "price_0"})
        assert_error(changed, 400, "invalid", price_id="There is no price")
        assert changed.json()["message"].startswith("price_id: ")

    def test_takes_no_line_that_does_not_say_what_it_costs(self, api: APIClient, draft: Any) -> None:
        nothing = {"description": "x", "unit_amount": None}
        for line, field in (
            ({"description": "x"}, "unit_amount"),
            (nothing, "unit_amount"),
            ({"amount": "1"}, "description"),
        ):
            response = api.patch(f"/v1/invoices/{draft['id']}", {"lines": [line]})
            assert (response.status_code, list(response.json()["details"])) == (400, [f"lines[0].{field}"])

    def test_knows_no_lines_of_others(self, api: APIClient, draft: Any) -> None:
        response = api.patch(
            f"/v1/invoices/{draft['id']}",
            {"lines": [{"id": "inv_line_0", "description": "x", "amount": "1"}]},
        )
        assert_error(response, 400, "invalid", **{"lines[0].id": "has no line"})

    @pytest.mark.parametrize("field", ["customer_id", "currency", "subscription_id"])
    def test_keeps_whose_it_is(self, api: APIClient, draft: Any, field: str) -> None:
        response = api.patch(f"/v1/invoices/{draft['id']}", {field: "USD"})
        assert_error(response, 400, "invalid", **{field: "cannot be changed"})


class TestFinalizing:
    def test_numbers_the_invoice_and_makes_it_due(self, api: APIClient, draft: Any) -> None:
        response = api.post(f"/v1/invoices/{draft['id']}/finalize")
        invoice = response.json()
        assert (response.status_code, invoice["status"], invoice["number"]) == (
            200,
            "finalized",
            "INV-000001",
        )
        assert (invoice["amount_due"], invoice["amount_remaining"]) == ("479.71", "479.71")
        assert api.post(f"/v1/invoices/{draft['id']}/finalize").json() == invoice

    def test_settles_an_invoice_of_nothing_at_once(self, api: APIClient, environment: Environment) -> None:
        customer = CustomerFactory(environment=environment)
        body = {
            "customer_id": customer.pk,
            "currency": "USD",
            "lines": [{"description": "Free", "amount": "0"}],
        }
        draft = api.post("/v1/invoices", body).json()
        invoice = api.post(f"/v1/invoices/{draft['id']}/finalize").json()
        assert (invoice["payment_status"], invoice["amount_remaining"]) == ("succeeded", "0.00")

    def test_is_refused_without_lines(self, api: APIClient, draft: Any) -> None:
        api.patch(f"/v1/invoices/{draft['id']}", {"lines": []})
        assert_error(api.post(f"/v1/invoices/{draft['id']}/finalize"), 409, "invoice_empty")

    def test_is_final(self, api: APIClient, draft: Any) -> None:
        path = f"/v1/invoices/{draft['id']}"
        api.post(f"{path}/finalize")
        assert_error(api.patch(path, {"footer": "x"}), 409, "invoice_not_draft")
        assert_error(api.patch(path, {"lines": []}), 409, "invoice_not_draft")
        assert_error(api.patch(path, {"footer": "x", "metadata": {"a": "b"}}), 409, "invoice_not_draft")
        assert api.patch(path, {"footer": "Thanks"}).status_code == 200
        assert len(api.get(path).json()["lines"]) == 3

    def test_leaves_the_metadata_to_change(self, api: APIClient, draft: Any) -> None:
        path = f"/v1/invoices/{draft['id']}"
        for step in ("finalize", "void"):
            api.post(f"{path}/{step}")
            assert api.patch(path, {"metadata": {"after": step}}).json()["metadata"] == {"after": step}

    def test_takes_no_body(self, api: APIClient, draft: Any) -> None:
        response = api.post(f"/v1/invoices/{draft['id']}/finalize", {"number": "7"})
        assert_error(response, 400, "invalid", number="no such field")


class TestVoiding:
    @pytest.mark.parametrize("finalized", [False, True])
    def test_leaves_nothing_due(self, api: APIClient, environment: Environment, finalized: bool) -> None:
        invoice = InvoiceFactory(environment=environment, finalized=finalized)
        voided = api.post(f"/v1/invoices/{invoice.pk}/void").json()
        assert (voided["status"], voided["amount_remaining"]) == ("voided", "0.00")
        assert api.delete(f"/v1/invoices/{invoice.pk}").json() == voided
        assert_error(api.post(f"/v1/invoices/{invoice.pk}/finalize"), 409, "invoice_not_draft")

    def test_is_refused_once_money_came(self, api: APIClient, environment: Environment) -> None:
        payment = PaymentFactory(environment=environment, status="succeeded")
        assert_error(api.post(f"/v1/invoices/{payment.invoice_id}/void"), 409, "invoice_paid")


class TestMarkingAsUncollectible:
    def test_keeps_what_is_due(self, api: APIClient, environment: Environment) -> None:
        path = f"/v1/invoices/{InvoiceFactory(environment=environment, finalized=True).pk}"
        for _ in range(2):
            marked = api.post(f"{path}/mark_uncollectible").json()
            assert (marked["status"], marked["amount_remaining"]) == ("uncollectible", "100.00")

    def test_is_refused_for_a_draft_and_for_what_is_paid(
        self, api: APIClient, environment: Environment
    ) -> None:
        draft = InvoiceFactory(environment=environment)
        assert_error(api.post(f"/v1/invoices/{draft.pk}/mark_uncollectible"), 409, "invoice_not_open")
        paid = PaymentFactory(environment=environment, status="succeeded").invoice_id
        assert_error(api.post(f"/v1/invoices/{paid}/mark_uncollectible"), 409, "invoice_paid")


class TestNumbers:
    def test_have_no_gap_and_skip_what_is_taken(self, api: APIClient, environment: Environment) -> None:
        InvoiceFactory(environment=environment, number="INV-000002")
        numbers = [InvoiceFactory(environment=environment, finalized=True).number for _ in range(2)]
        assert numbers == ["INV-000001", "INV-000003"]

    def test_begin_anew_in_each_environment(self, environment: Environment, elsewhere: Environment) -> None:
        for one in (environment, elsewhere):
            assert InvoiceFactory(environment=one, finalized=True).number == "INV-000001"

    def test_that_were_asserted_are_kept(self, api: APIClient, environment: Environment) -> None:
        assert InvoiceFactory(environment=environment, number="A-7", finalized=True).number == "A-7"
        customer = CustomerFactory(environment=environment)
        body = {"customer_id": customer.pk, "currency": "USD", "number": "A-7"}
        assert_error(api.post("/v1/invoices", body), 409, "already_taken", number="Another invoice")
