"""``/v1/customers/{id}/payment_methods/{provider}``, and the provider's pages for the customer."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing.api.fields import CurrencyInput
from billing.api.strict import StrictInput
from integrations.api.empty_body import EmptyBody, refuse_body
from integrations.api.provider_views import ProviderView
from integrations.models import Connection
from integrations.payments import payment_methods


class PaymentMethodSerializer(serializers.Serializer[Any]):
    """A saved payment method, as far as it may be shown."""

    id = serializers.CharField()
    type = serializers.CharField()
    brand = serializers.CharField()
    last4 = serializers.CharField()
    expires = serializers.CharField(help_text="MM/YYYY; empty if it does not expire.")
    is_default = serializers.BooleanField()


class PaymentMethodListSerializer(serializers.Serializer[Any]):
    """Saved payment methods, newest first."""

    items = PaymentMethodSerializer(many=True)


class SetupInput(StrictInput):
    """Where the customer returns to, and what the saved method is for."""

    example = {
        "success_url": "https://yourapp.example/saved",
        "cancel_url": "https://yourapp.example/account",
        "make_default": True,
    }

    success_url = serializers.URLField(max_length=2048)
    cancel_url = serializers.URLField(max_length=2048)
    make_default = serializers.BooleanField(
        default=False, help_text="Make it the customer's default, which is charged unless another is named."
    )
    currency = CurrencyInput(
        required=False, help_text="The currency of later charges. Unless given: the customer's."
    )


class SetupSerializer(serializers.Serializer[Any]):
    """Where to send the customer."""

    setup_url = serializers.URLField()
    session_id = serializers.CharField()


class PortalInput(StrictInput):
    """Where the customer returns to."""

    example = {"return_url": "https://yourapp.example/account"}

    return_url = serializers.URLField(max_length=2048)


class PortalSerializer(serializers.Serializer[Any]):
    """Where to send the customer, soon: the address works for a short time only."""

    portal_url = serializers.URLField()


class MethodsView(ProviderView):
    """The customer's saved payment methods, read from the provider at this moment."""

    named = {"": ("payment_methods", "List a customer's saved payment methods")}
    responses = {"": {200: PaymentMethodListSerializer}}
    serializer_class = PaymentMethodListSerializer

    def get(self, request: Request, customer_id: str, provider: str) -> Response:
        """Returns an empty list for a customer whom the provider does not know."""
        return _method_list(self.connection(provider), customer_id)


class MethodView(ProviderView):
    """One saved payment method."""

    named = {"": ("remove_payment_method", "Remove a saved payment method")}
    responses = {"": {200: PaymentMethodListSerializer}}
    serializer_class = PaymentMethodListSerializer

    def delete(self, request: Request, customer_id: str, provider: str, method_id: str) -> Response:
        """Removes the method for good, and returns those that are left."""
        connection = self.connection(provider)
        payment_methods.remove(connection, customer_id, method_id)
        return _method_list(connection, customer_id)


class DefaultMethodView(ProviderView):
    """The saved payment method that is charged unless another is named."""

    named = {"": ("default_payment_method", "Make a saved payment method the default")}
    inputs = {"": EmptyBody}
    responses = {"": {200: PaymentMethodListSerializer}}

    def post(self, request: Request, customer_id: str, provider: str, method_id: str) -> Response:
        """Makes the method the default, and returns all of them."""
        refuse_body(request)
        connection = self.connection(provider)
        payment_methods.choose_default(connection, customer_id, method_id, key=self.caller_key(request))
        return _method_list(connection, customer_id)


class SetupView(ProviderView):
    """A page of the provider on which the customer saves a payment method, without paying anything."""

    named = {"": ("setup_payment_method", "Open a page that saves a payment method")}
    inputs = {"": SetupInput}
    responses = {"": {201: SetupSerializer}}

    def post(self, request: Request, customer_id: str, provider: str) -> Response:
        """201 with the page's address; the provider reports by webhook what was saved."""
        options = self.body(request, SetupInput)
        page = payment_methods.setup(
            self.connection(provider), customer_id, key=self.caller_key(request), **options
        )
        return Response({"setup_url": page.url, "session_id": page.session_id}, status=201)


class PortalView(ProviderView):
    """The provider's page on which a customer sees invoices and manages saved payment methods."""

    named = {"": ("portal", "Open a customer's portal")}
    inputs = {"": PortalInput}
    responses = {"": {201: PortalSerializer}}

    def post(self, request: Request, customer_id: str, provider: str) -> Response:
        """201 with the page's address."""
        options = self.body(request, PortalInput)
        url = payment_methods.portal(
            self.connection(provider), customer_id, key=self.caller_key(request), **options
        )
        return Response({"portal_url": url}, status=201)


def _method_list(connection: Connection, customer_id: str) -> Response:
    items = list(payment_methods.methods(connection, customer_id))
    return Response(PaymentMethodListSerializer({"items": items}).data)
