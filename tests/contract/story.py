"""A program of docs/api.md's reader, written with the generated client: money from a draft to a refund.

``settle``: does what workers do. ``pay``: pays the page of a checkout session at Stripe.
"""

from collections.abc import Callable
from typing import TypeVar

from flexsync_client import AuthenticatedClient
from flexsync_client.api.connections import (
    connections_create,
    connections_health,
    connections_test,
    connections_webhook_endpoint,
)
from flexsync_client.api.credit_notes import credit_notes_create, credit_notes_list
from flexsync_client.api.customers import (
    customers_create,
    customers_get,
    customers_payment_methods,
    customers_update,
)
from flexsync_client.api.invoices import (
    invoices_add_line,
    invoices_create,
    invoices_finalize,
    invoices_get,
    invoices_list,
    invoices_refund_duplicate,
    invoices_remove_line,
    invoices_sync,
    invoices_update_line,
)
from flexsync_client.api.payments import (
    payments_charge,
    payments_checkout,
    payments_create,
    payments_list,
    payments_refund,
)
from flexsync_client.api.plans import plans_create
from flexsync_client.api.prices import prices_create
from flexsync_client.api.subscriptions import (
    subscriptions_add_item,
    subscriptions_cancel,
    subscriptions_create,
    subscriptions_remove_item,
    subscriptions_update_item,
)
from flexsync_client.models import (
    CancelRequest,
    ChargeRequest,
    Checkout,
    CheckoutRequest,
    ConnectionRequest,
    ConnectionRequestMetadata,
    CreditNote,
    CreditNoteRequest,
    Customer,
    CustomerRequest,
    DryRun,
    EmptyBodyRequest,
    Error,
    Invoice,
    InvoiceRequest,
    InvoicesListStatusItem,
    LineRequest,
    NewLineRequest,
    PatchedCustomerRequest,
    PatchedItemChangesRequest,
    PatchedLineChangesRequest,
    Payment,
    PaymentRequest,
    PaymentRequestStatus,
    PlanRequest,
    PriceRequest,
    PriceRequestBillingPeriod,
    Refund,
    RefundDuplicate,
    RefundDuplicateRequest,
    RefundRequest,
    RefundRequestReason,
    SavedConnection,
    Subscription,
    SubscriptionItemRequest,
    SubscriptionRequest,
    SyncConfigRequest,
    SyncDetail,
)
from flexsync_client.types import UNSET, Unset

T = TypeVar("T")
Settle = Callable[[], None]
EMPTY = EmptyBodyRequest()
LINES = [
    LineRequest(description="Seats", quantity="3", unit_amount="19.90", discount="5.00"),
    LineRequest(description="Set-up", unit_amount="100.00", tax_name="VAT", tax_percentage="20"),
]


def good(answer: T | Error | None) -> T:
    """The answer, which is no error."""
    assert answer is not None and not isinstance(answer, Error), answer
    return answer


def connected(api: AuthenticatedClient, secret_key: str) -> SavedConnection:
    """A connection to Stripe, tested, with a webhook endpoint there."""
    switches = SyncConfigRequest(customer_outbound_enabled=True, invoice_outbound_enabled=True)
    credentials = ConnectionRequestMetadata.from_dict({"secret_key": secret_key})
    body = ConnectionRequest(name="Stripe", provider="stripe", metadata=credentials, sync_config=switches)
    made = good(connections_create.sync(client=api, body=body))
    assert [one.code for one in made.problems] == ["secret_missing"]
    good(connections_webhook_endpoint.sync(made.id, client=api, body=EMPTY))
    assert good(connections_test.sync(made.id, client=api, body=EMPTY)).account_id.startswith("acct_")
    assert good(connections_health.sync(made.id, client=api)).connection_id == made.id
    return made


def customer(api: AuthenticatedClient) -> Customer:
    """Made once under its key, and changed by two programs of which one has seen an older version."""
    body = CustomerRequest(external_id="crm-77", name="Ada Ltd", email="ada@example.com")
    made = good(customers_create.sync(client=api, body=body, idempotency_key="customer-77"))
    again = good(customers_create.sync(client=api, body=body, idempotency_key="customer-77"))
    assert again.id == made.id
    seen = customers_get.sync_detailed(made.id, client=api).headers["ETag"]
    renamed = PatchedCustomerRequest(name="Ada Limited")
    changed = good(customers_update.sync(made.id, client=api, body=renamed, if_match=seen))
    late = customers_update.sync(made.id, client=api, body=PatchedCustomerRequest(phone="1"), if_match=seen)
    assert isinstance(late, Error) and late.code == "outdated"
    return changed


def subscription(api: AuthenticatedClient, of: Customer) -> Subscription:
    """Of two prices, one of which comes and goes; cancelled at its period's end."""
    plan = good(plans_create.sync(client=api, body=PlanRequest(name="Growth")))
    monthly, extra = (
        good(
            prices_create.sync(
                client=api,
                body=PriceRequest(
                    plan_id=plan.id,
                    currency="USD",
                    unit_amount=amount,
                    billing_period=PriceRequestBillingPeriod.MONTHLY,
                ),
            )
        )
        for amount in ("10.00", "2.50")
    )
    items = [SubscriptionItemRequest(price_id=monthly.id)]
    body = SubscriptionRequest(customer_id=of.id, currency="USD", items=items)
    made = good(subscriptions_create.sync(client=api, body=body))
    more = SubscriptionItemRequest(price_id=extra.id, quantity="4")
    added = good(subscriptions_add_item.sync(made.id, client=api, body=more))
    [item] = [one for one in added.items if one.price_id == extra.id]
    fewer = PatchedItemChangesRequest(quantity="2")
    good(subscriptions_update_item.sync(made.id, item.id, client=api, body=fewer))
    assert len(good(subscriptions_remove_item.sync(made.id, item.id, client=api)).items) == 1
    return good(subscriptions_cancel.sync(made.id, client=api, body=CancelRequest(at_period_end=True)))


def invoice(api: AuthenticatedClient, of: Customer) -> Invoice:
    """Final, after its lines were changed one by one."""
    body = InvoiceRequest(customer_id=of.id, currency="USD", lines=LINES)
    draft = good(invoices_create.sync(client=api, body=body))
    assert draft.total == "174.70"
    extra = NewLineRequest(description="Extra", unit_amount="9.00")
    line = good(invoices_add_line.sync(draft.id, client=api, body=extra)).lines[-1]
    cheaper = PatchedLineChangesRequest(unit_amount="8.00")
    assert good(invoices_update_line.sync(draft.id, line.id, client=api, body=cheaper)).total == "182.70"
    good(invoices_remove_line.sync(draft.id, line.id, client=api))
    final = good(invoices_finalize.sync(draft.id, client=api))
    assert final.total == final.amount_remaining == "174.70" and final.number
    return final


def pushed(api: AuthenticatedClient, sent: Invoice, settle: Settle) -> None:
    """First as a dry run, then in earnest."""
    shown = good(invoices_sync.sync(sent.id, "stripe", client=api, body=EMPTY, dry_run=True))
    assert isinstance(shown, DryRun) and shown.calls
    assert isinstance(good(invoices_sync.sync(sent.id, "stripe", client=api, body=EMPTY)), SyncDetail)
    settle()


def paid_on_a_page(
    api: AuthenticatedClient, owed: Invoice, pay: Callable[[str], object], settle: Settle
) -> Payment:
    """The customer pays by checkout, and keeps the card."""
    body = CheckoutRequest(
        invoice_id=owed.id,
        success_url="https://shop.example/thanks",
        cancel_url="https://shop.example/cart",
        save_as_default=True,
    )
    opened = good(payments_checkout.sync("stripe", client=api, body=body))
    assert isinstance(opened, Checkout)
    pay(opened.session_id)
    settle()
    paid = good(invoices_get.sync(owed.id, client=api))
    assert (paid.payment_status, paid.amount_remaining) == ("succeeded", "0.00")
    [payment] = good(payments_list.sync(client=api, invoice_id=[owed.id])).items
    return payment


def charged_and_refunded(api: AuthenticatedClient, of: Customer, owed: Invoice, settle: Settle) -> None:
    """The saved card pays another invoice; a part of it goes back, another is credited."""
    [method] = good(customers_payment_methods.sync(of.id, "stripe", client=api)).items
    assert method.is_default
    payment = good(payments_charge.sync("stripe", client=api, body=ChargeRequest(invoice_id=owed.id)))
    assert isinstance(payment, Payment) and payment.status == "succeeded"
    settle()
    reason = RefundRequestReason.REQUESTED_BY_CUSTOMER
    refund = good(
        payments_refund.sync(payment.id, client=api, body=RefundRequest(amount="4.70", reason=reason))
    )
    assert isinstance(refund, Refund) and refund.amount == "4.70"
    note = CreditNoteRequest(invoice_id=owed.id, amount="20.00", refund="20.00")
    made = good(credit_notes_create.sync(client=api, body=note))
    assert isinstance(made, CreditNote)
    settle()
    [issued] = good(credit_notes_list.sync(client=api, invoice_id=[owed.id])).items
    assert (issued.id, issued.amount) == (made.id, "20.00")
    assert good(invoices_get.sync(owed.id, client=api)).amount_refunded == "24.70"


def paid_twice(api: AuthenticatedClient, owed: Invoice) -> None:
    """A transfer comes for what was paid already, and is given back."""
    transfer = PaymentRequest(
        customer_id=owed.customer_id,
        invoice_id=owed.id,
        amount="174.70",
        currency="USD",
        status=PaymentRequestStatus.SUCCEEDED,
        method="bank_transfer",
    )
    good(payments_create.sync(client=api, body=transfer))
    over = good(invoices_get.sync(owed.id, client=api))
    assert over.excess is not None and over.excess.amount == "174.70"
    body = RefundDuplicateRequest(out_of_band=True)
    back = good(invoices_refund_duplicate.sync(owed.id, client=api, body=body))
    assert isinstance(back, RefundDuplicate)
    assert good(invoices_get.sync(owed.id, client=api)).payment_status == "succeeded"


def listed(api: AuthenticatedClient) -> list[str]:
    """All final invoices, a page after another."""
    found: list[str] = []
    after: str | Unset = UNSET
    final = [InvoicesListStatusItem.FINALIZED]
    while True:
        page = good(invoices_list.sync(client=api, status=final, limit=1, after=after))
        found += [one.id for one in page.items]
        if page.pagination.next_ is None:
            return found
        after = page.pagination.next_
