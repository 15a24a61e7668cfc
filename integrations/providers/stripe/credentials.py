"""The connection's keys: their names, which of them are secret, and their mode (page "API keys")."""

from integrations.errors import Rejected
from integrations.provider_api import Json

FIELDS = ("publishable_key", "secret_key", "webhook_secret")
SECRETS = frozenset({"secret_key", "webhook_secret"})
SECRET_BEGINNINGS = (r"(?:sk|rk)_(?:live|test)_", "whsec_")
_MODES = {"live": True, "test": False}


def livemode(credentials: Json) -> bool:
    """Whether the keys are for live mode; raises Rejected for invalid keys, without repeating them."""
    mode = _mode(credentials, "secret_key", ("sk", "rk"))
    if credentials.get("publishable_key") and _mode(credentials, "publishable_key", ("pk",)) != mode:
        raise Rejected(
            "publishable_key and secret_key are of different modes: use two live keys or two test keys."
        )
    if credentials.get("webhook_secret") and not str(credentials["webhook_secret"]).startswith("whsec_"):
        raise Rejected("webhook_secret must begin with whsec_.")
    return mode


def _mode(credentials: Json, field: str, kinds: tuple[str, ...]) -> bool:
    kind, _, rest = str(credentials.get(field) or "").partition("_")
    mode, _, secret = rest.partition("_")
    if kind not in kinds or mode not in _MODES or not secret:
        beginnings = [f"{one}_{mode}_" for one in kinds for mode in ("test", "live")]
        raise Rejected(f"{field} must begin with {', '.join(beginnings[:-1])} or {beginnings[-1]}.")
    return _MODES[mode]
