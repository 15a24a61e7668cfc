"""The `Stripe-Signature` header. Source: Stripe docs, "Verify webhook signatures manually"."""

import hashlib
import hmac


def signature_header(payload: bytes, timestamp: int, secrets: list[str]) -> str:
    """Return `t=...,v1=...`, with one v1 for each valid secret (two while one rolls into the next)."""
    signed = f"{timestamp}.".encode() + payload
    parts = [f"v1={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}" for secret in secrets]
    return ",".join([f"t={timestamp}", *parts])
