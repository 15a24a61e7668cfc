"""Stripe's statuses in sentences for people."""

from integrations.providers.stripe.translate.status_words import in_words


def test_a_status_says_what_is_meant():
    assert in_words("requires_payment_method") == "waiting for a payment method"
    assert in_words("past_due") == "past due"
    assert in_words("open") == "open"
