"""Signs webhooks as the Standard Webhooks specification says, by its library.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#verifying-webhook-authenticity
"""

import base64
import binascii
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

from standardwebhooks import Webhook

from billing.errors import Invalid

PREFIX = "whsec_"
# Bytes of a secret, as the specification says.
SHORTEST, LONGEST, USUAL = 24, 64, 32
AGENT = "FlexSync-Webhooks/1.0"


def new_secret() -> str:
    """A new secret, "whsec_" and base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(USUAL)).decode()


def check_secret(secret: str) -> None:
    """Raises Invalid, by the name ``secret``, for one that receivers' libraries do not take."""
    try:
        length = len(base64.b64decode(secret.removeprefix(PREFIX), validate=True))
    except (binascii.Error, ValueError):
        length = 0
    if not secret.startswith(PREFIX) or not SHORTEST <= length <= LONGEST:
        message = (
            f'Send "{PREFIX}" and the base64 of {SHORTEST} to {LONGEST} bytes, or nothing for a new one.'
        )
        raise Invalid.of({"secret": message})


def headers(
    event_id: str, body: bytes, signing_secrets: Sequence[str], own: Mapping[str, str], now: datetime
) -> dict[str, str]:
    """The headers of a webhook: a signature by each secret, and the endpoint's own headers."""
    signatures = [Webhook(one).sign(event_id, now, body.decode()) for one in signing_secrets]
    return {
        "User-Agent": AGENT,
        **own,
        "Content-Type": "application/json",
        "webhook-id": event_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
