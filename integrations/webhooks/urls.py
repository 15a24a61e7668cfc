"""The addresses that providers post to, below /v1/."""

from django.urls import path

from integrations.webhooks.views import WebhookView

urlpatterns = [
    # FlexPrice's address; its tenant and environment say nothing that the signature does not prove.
    path(
        "webhooks/<str:provider>/<str:tenant>/<str:environment>",
        WebhookView.as_view(schema=None),
        name="flexprice-webhook",
    ),
    path("integrations/<str:provider>/webhook", WebhookView.as_view(), name="webhook"),
    path(
        "integrations/<str:provider>/webhook/<str:connection_id>",
        WebhookView.as_view(named=("webhook_of_connection", "Receive an event of a connection")),
        name="connection-webhook",
    ),
]
