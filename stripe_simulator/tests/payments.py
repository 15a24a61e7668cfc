"""Payments that succeed at once, and errors of refused calls, through the SDK."""

import pytest
import stripe


def refused(call, *arguments):
    """Return the error body of a call that must be refused."""
    with pytest.raises(stripe.StripeError) as caught:
        call(*arguments)
    return caught.value.error


def paid(client, **params):
    given = {"amount": 1000, "currency": "usd", "payment_method": "pm_card_visa", "confirm": True}
    return client.v1.payment_intents.create(given | params)
