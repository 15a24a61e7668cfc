"""Webhooks: signing, the queue of deliveries and Stripe's retries."""
