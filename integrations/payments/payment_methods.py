"""A customer's saved payment methods, and the provider's pages on which the customer manages them.

These calls are not recorded: a caller waits for each, and tries again without an answer. What the customer
chooses or saves on the provider's pages comes back by webhook.
"""

from collections.abc import Sequence
from uuid import uuid4

from django.utils import timezone

from billing.errors import Conflict, Invalid, NotFound
from billing.events import Kind
from billing.models import Customer
from billing.services.customers import default_methods
from integrations.errors import Missing
from integrations.gateway.guarded import GuardedGateway
from integrations.gateway.slots import waits
from integrations.inbox import observations
from integrations.mappings import choices, entity_mappings, gone
from integrations.models import Connection
from integrations.models.outbound import Priority
from integrations.provider_api import (
    CHOICE_KEY,
    Gateway,
    HostedPage,
    Json,
    PaymentMethods,
    SavedMethod,
    registry,
)


@waits
def methods(connection: Connection, customer_id: str) -> Sequence[SavedMethod]:
    """The saved methods, the newest first; none for a customer whom the provider does not know yet.

    Raises, as all functions here, NotFound for an unknown customer, Conflict where the provider does not
    offer it, Gone for a customer who is there no more, and Retry or Rejected as the provider says.
    """
    offered, _customer = _offered(connection, customer_id)
    provider_id = _provider_id(connection, customer_id)
    return offered.saved(_gateway(connection), provider_id) if provider_id else ()


@waits
def choose_default(connection: Connection, customer_id: str, method_id: str, *, key: str = "") -> None:
    """Makes the saved method the one that is charged unless another is named."""
    offered, customer = _offered(connection, customer_id)
    provider_id, asked_at, key = provider_customer_id(connection, customer), timezone.now(), _key(key)
    if field := offered.default_field:
        choices.note(connection, Kind.CUSTOMER, customer_id, key, (field, method_id), asked_at)
    answer = offered.choose_default(_gateway(connection), customer=provider_id, method_id=method_id, key=key)
    observations.observe(
        connection,
        Kind.CUSTOMER,
        answer,
        asked_at=asked_at,
        decide=lambda: _remember(connection, customer, method_id),
    )


@waits
def remove(connection: Connection, customer_id: str, method_id: str, *, key: str = "") -> None:
    """Removes the saved method for good; one that is removed already is forgotten here too."""
    offered, customer = _offered(connection, customer_id)
    offered.remove(
        _gateway(connection),
        customer=provider_customer_id(connection, customer),
        method_id=method_id,
        key=_key(key),
    )
    if default_methods.method_of(customer, connection.pk) == method_id:
        _remember(connection, customer, "")


@waits
def setup(
    connection: Connection,
    customer_id: str,
    *,
    success_url: str,
    cancel_url: str,
    currency: str = "",
    make_default: bool = False,
    key: str = "",
) -> HostedPage:
    """A page on which the customer saves a method, without paying anything.

    ``currency``: in which it will be charged; unless given, the customer's. Raises Invalid when neither is
    known.
    """
    offered, customer = _offered(connection, customer_id)
    provider_id, charged_in = provider_customer_id(connection, customer), currency or customer.currency
    if not charged_in:
        raise Invalid.of(
            {
                "currency": "The customer has no currency. Send the one in which the payment method will be charged."
            }
        )
    return offered.open_setup(
        _gateway(connection),
        customer=provider_id,
        customer_id=customer.pk,
        success_url=success_url,
        cancel_url=cancel_url,
        currency=charged_in,
        make_default=make_default,
        key=_key(key),
    )


@waits
def portal(connection: Connection, customer_id: str, *, return_url: str, key: str = "") -> str:
    """The address of the provider's page on which the customer sees invoices and manages saved methods."""
    offered, customer = _offered(connection, customer_id)
    return offered.open_portal(
        _gateway(connection),
        customer=provider_customer_id(connection, customer),
        return_url=return_url,
        key=_key(key),
    )


def _offered(connection: Connection, customer_id: str) -> tuple[PaymentMethods, Customer]:
    customer = Customer.objects.filter(pk=customer_id, environment_id=connection.environment_id).first()
    if customer is None:
        raise NotFound(f"There is no customer {customer_id}.")
    offered = registry.provider(connection.provider).payment_methods
    if offered is None:
        raise Conflict(
            f"FlexSync cannot manage saved payment methods at {connection.provider}.", code="not_supported"
        )
    return offered, customer


def provider_customer_id(connection: Connection, customer: Customer) -> str:
    """The provider's id of the customer; raises Conflict before, Gone after it was there."""
    provider_id = _provider_id(connection, customer.pk)
    if provider_id is None:
        raise Conflict(
            f"The customer {customer.pk} is not at {connection.provider} yet. Sync it first.",
            code="not_synced",
        )
    return provider_id


def _provider_id(connection: Connection, customer_id: str) -> str | None:
    if reason := gone.of_entity(connection.pk, Kind.CUSTOMER, customer_id):
        raise reason
    return entity_mappings.provider_id_of(connection.pk, Kind.CUSTOMER, customer_id)


class _Explaining(GuardedGateway):
    """Raises Gone where the provider says that the customer is there no more."""

    def call(self, operation: str, params: Json, *, target: str | None = None, key: str = "") -> Json:
        """As any gateway's."""
        try:
            return super().call(operation, params, target=target, key=key)
        except Missing as missing:
            raise gone.explained(self._connection.pk, missing) from missing


def _gateway(connection: Connection) -> Gateway:
    return _Explaining(connection, Priority.PERSON)


def _key(caller_key: str) -> str:
    """From the caller's key, so that the provider recognizes a repeated request, too."""
    return f"{CHOICE_KEY}{caller_key or uuid4().hex}"[:255]


def _remember(connection: Connection, customer: Customer, method_id: str) -> None:
    default_methods.choose(
        environment_id=customer.environment_id,
        customer_id=customer.pk,
        connection_id=connection.pk,
        method=method_id,
        at=timezone.now(),
        origin=connection.pk,
    )
