"""Which of Stripe's lists are compared, in the order in which their objects depend on each other."""

from integrations.provider_api import Comparable
from integrations.providers.stripe.comparing.customers import CUSTOMERS

COMPARABLES: tuple[Comparable, ...] = (CUSTOMERS,)
