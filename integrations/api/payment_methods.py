"""``/v1/customers/{id}/payment_methods/{provider}`` and the customer's pages at the provider."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing.api.fields import CurrencyInput
from billing.api.strict import StrictInput
from integrations.api.empty_body import EmptyBody, refuse_body
from integrations.api.provider_views import ProviderView
from integrations.payments import payment_methods


class PaymentMethodSerializer(serializers.Serializer[Any]):
    """What may be shown of a saved payment method."""

    id = serializers.CharField()
    type = serializers.CharField()
    brand = serializers.CharField()
    last4 = serializers.CharField()
    expires = serializers.CharField(help_text="MM/YYYY, empty where it does not expire.")
    is_default = serializers.BooleanField()


class PaymentMethodListSerializer(serializers.Serializer[Any]):
    """The newest first."""

    items = PaymentMethodSerializer(many=True)


class SetupInput(StrictInput):
    """Where the customer comes back to, and what the saved method is for."""

    example = {
        "success_url": "https://yourapp.example/saved",
        "cancel_url": "https://yourapp.example/account",
        "make_default": True,
    }

    success_url = serializers.URLField(max_length=2048)
    cancel_url = serializers.URLField(max_length=2048)
    make_default = serializers.BooleanField(
        default=False, help_text="Charge it from then on unless another is named."
    )
    currency = CurrencyInput(
        required=False, help_text="What it will be charged in: the customer's unless said."
    )


class SetupSerializer(serializers.Serializer[Any]):
    """Where to send the customer."""

    setup_url = serializers.URLField()
    session_id = serializers.CharField()


class PortalInput(StrictInput):
    """Where the customer comes back to."""

    example = {"return_url": "https://yourapp.example/account"}

    return_url = serializers.URLField(max_length=2048)


class PortalSerializer(serializers.Serializer[Any]):
    """Where to send the customer, soon: the address works for a short while only."""

    portal_url = serializers.URLField()


class MethodsView(ProviderView):
    """The customer's saved payment methods, asked of the provider at this moment."""

    answers = {"": {200: PaymentMethodListSerializer}}
    serializer_class = PaymentMethodListSerializer

    def get(self, request: Request, customer_id: str, provider: str) -> Response:
        """None for a customer whom the provider does not know."""
        found = payment_methods.methods(self.connection(provider), customer_id)
        return Response(PaymentMethodListSerializer({"items": list(found)}).data)


class MethodView(ProviderView):
    """One saved payment method."""

    answers = {"": {200: PaymentMethodListSerializer}}
    serializer_class = PaymentMethodListSerializer

    def delete(self, request: Request, customer_id: str, provider: str, method_id: str) -> Response:
        """Takes the method away for good, and answers those that are left."""
        connection = self.connection(provider)
        payment_methods.remove(connection, customer_id, method_id)
        return Response(
            PaymentMethodListSerializer(
                {"items": list(payment_methods.methods(connection, customer_id))}
            ).data
        )


class DefaultMethodView(ProviderView):
    """The saved payment method that is charged unless another is named."""

    inputs = {"": EmptyBody}
    answers = {"": {200: PaymentMethodListSerializer}}

    def post(self, request: Request, customer_id: str, provider: str, method_id: str) -> Response:
        """Makes the method the default, and answers all of them."""
        refuse_body(request)
        connection = self.connection(provider)
        payment_methods.choose_default(connection, customer_id, method_id, key=self.own_key(request))
        return Response(
            PaymentMethodListSerializer(
                {"items": list(payment_methods.methods(connection, customer_id))}
            ).data
        )


class SetupView(ProviderView):
    """A page of the provider on which the customer saves a payment method, without paying anything."""

    inputs = {"": SetupInput}
    answers = {"": {201: SetupSerializer}}

    def post(self, request: Request, customer_id: str, provider: str) -> Response:
        """201 with the page's address; what was saved comes back by webhook."""
        asked = self.body(request, SetupInput)
        page = payment_methods.setup(
            self.connection(provider), customer_id, key=self.own_key(request), **asked
        )
        return Response({"setup_url": page.url, "session_id": page.session_id}, status=201)


class PortalView(ProviderView):
    """The provider's page on which a customer sees invoices and looks after saved payment methods."""

    inputs = {"": PortalInput}
    answers = {"": {201: PortalSerializer}}

    def post(self, request: Request, customer_id: str, provider: str) -> Response:
        """201 with the page's address."""
        asked = self.body(request, PortalInput)
        url = payment_methods.portal(
            self.connection(provider), customer_id, key=self.own_key(request), **asked
        )
        return Response({"portal_url": url}, status=201)
