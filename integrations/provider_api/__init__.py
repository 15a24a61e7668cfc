"""What a provider is (one record of functions), and how the folders under providers/ are found."""

from integrations.provider_api.clues import Clues
from integrations.provider_api.comparing import CURRENCY, Comparable, Facts
from integrations.provider_api.diagnosis import Diagnosis, Permission
from integrations.provider_api.event_lists import EventList, EventPage
from integrations.provider_api.gateway import Account, Gateway, Json
from integrations.provider_api.inbound import (
    First,
    Freshness,
    Handler,
    Ignored,
    Inbound,
    Names,
    Observer,
    Route,
)
from integrations.provider_api.invoice_limits import InvoiceLimits
from integrations.provider_api.links import (
    LINK_BY_HAND,
    RELINK,
    UNLINK,
    Comparison,
    Linkable,
    Marks,
)
from integrations.provider_api.listing import EVER, Listing, Page, ReadPage, Window
from integrations.provider_api.merging import (
    KEYED,
    LAST_KNOWN,
    UNSENT,
    Fields,
    Mergeable,
    Pending,
    Place,
    Sent,
    flat,
    nested,
    value_of,
)
from integrations.provider_api.outbound import LeftOut, Outbound, Push
from integrations.provider_api.parts import Parts
from integrations.provider_api.payment_methods import (
    CHOICE_KEY,
    METHOD_REFUSED,
    PaymentMethods,
    SavedMethod,
)
from integrations.provider_api.payments import (
    ASKS,
    REMAINING,
    UNSEEN,
    WHOLE_ONLY,
    HostedPage,
    InvoiceThere,
    LookAtInvoice,
    OpenCheckout,
    Payments,
)
from integrations.provider_api.provider import Provider
from integrations.provider_api.recovery import FOREVER, IdempotencyKeys, Recovery
from integrations.provider_api.webhooks import Endpoint, Envelope, OpenWebhook, Registration, Webhooks

__all__ = [
    "ASKS",
    "CHOICE_KEY",
    "CURRENCY",
    "EVER",
    "FOREVER",
    "KEYED",
    "LAST_KNOWN",
    "LINK_BY_HAND",
    "METHOD_REFUSED",
    "RELINK",
    "REMAINING",
    "UNLINK",
    "UNSEEN",
    "UNSENT",
    "WHOLE_ONLY",
    "Account",
    "Clues",
    "Comparable",
    "Comparison",
    "Diagnosis",
    "Endpoint",
    "Envelope",
    "EventList",
    "EventPage",
    "Facts",
    "Fields",
    "First",
    "Freshness",
    "Gateway",
    "Handler",
    "HostedPage",
    "IdempotencyKeys",
    "Ignored",
    "Inbound",
    "InvoiceLimits",
    "InvoiceThere",
    "Json",
    "LeftOut",
    "Linkable",
    "Listing",
    "LookAtInvoice",
    "Marks",
    "Mergeable",
    "Names",
    "Observer",
    "OpenCheckout",
    "OpenWebhook",
    "Outbound",
    "Page",
    "Parts",
    "PaymentMethods",
    "Payments",
    "Pending",
    "Permission",
    "Place",
    "Provider",
    "Push",
    "ReadPage",
    "Recovery",
    "Registration",
    "Route",
    "SavedMethod",
    "Sent",
    "Webhooks",
    "Window",
    "flat",
    "nested",
    "value_of",
]
