"""The saved payment methods of one customer at Stripe, and Stripe's own pages for them."""

from collections.abc import Sequence

from integrations.errors import Rejected
from integrations.provider_api import Gateway, HostedPage, Json, PaymentMethods, SavedMethod
from integrations.providers.stripe.translate import checkouts
from integrations.providers.stripe.translate.customers import DEFAULT_METHOD, default_method
from integrations.providers.stripe.translate.fields import id_of
from integrations.providers.stripe.translate.payment_methods import shown

# Page "List a Customer's PaymentMethods": the largest page; no customer keeps more cards.
MOST = 100


def saved(gateway: Gateway, customer: str) -> Sequence[SavedMethod]:
    """All of them, and which is the default of the customer's invoices."""
    default = default_method(gateway.call("customers.retrieve", {}, target=customer))
    found = gateway.call("payment_methods.list", {"customer": customer, "limit": MOST})["data"]
    return [SavedMethod(**shown(one, default)) for one in found]


def choose_default(gateway: Gateway, *, customer: str, method_id: str, key: str) -> Json:
    """Page "Update a customer"; Stripe refuses a method that is not the customer's."""
    settings = {"invoice_settings": {"default_payment_method": method_id}}
    return gateway.call("customers.update", settings, target=customer, key=key)


def remove(gateway: Gateway, *, customer: str, method_id: str, key: str) -> None:
    """Page "Detach a PaymentMethod": for good. Stripe would detach any customer's, so check first.

    One that is no customer's has been detached, by an earlier request whose answer was lost or by a person.
    """
    found = gateway.call("payment_methods.retrieve", {}, target=method_id)
    owner = id_of(found.get("customer"))
    if not owner:
        return
    if owner != customer:
        raise Rejected(f"The payment method {method_id} is not one of {customer}.")
    gateway.call("payment_methods.detach", {}, target=method_id, key=key)


def open_setup(
    gateway: Gateway,
    *,
    customer: str,
    customer_id: str,
    success_url: str,
    cancel_url: str,
    currency: str,
    make_default: bool,
    key: str,
) -> HostedPage:
    """Page "Save a customer's payment method without making a payment"."""
    params = checkouts.setup_params(customer, customer_id, currency, make_default=make_default)
    addresses = {"success_url": success_url, "cancel_url": cancel_url}
    session = gateway.call("checkout.sessions.create", params | addresses, key=key)
    return HostedPage(session_id=str(session["id"]), url=str(session["url"]))


def open_portal(gateway: Gateway, *, customer: str, return_url: str, key: str) -> str:
    """Page "Create a portal session"; the address works for a short while only."""
    params = {"customer": customer, "return_url": return_url}
    return str(gateway.call("billing_portal.sessions.create", params, key=key)["url"])


PAYMENT_METHODS = PaymentMethods(
    saved=saved,
    choose_default=choose_default,
    remove=remove,
    open_setup=open_setup,
    open_portal=open_portal,
    default_field=DEFAULT_METHOD,
)
