"""Makes environments and the API keys that open them."""

from django.db.models import Q

from billing.errors import NotFound
from billing.models import ApiKey, Environment
from billing.persistence import rows
from billing.persistence.unique_violations import unique_violation_as_conflict
from billing.persistence.unit_of_work import atomic


@atomic
def create(*, name: str, kind: str) -> Environment:
    """A new environment of ``kind`` production, sandbox or development.

    Raises Invalid or Conflict (name taken).
    """
    environment = Environment(name=name, kind=kind)
    rows.check(environment)
    with unique_violation_as_conflict():
        environment.save(force_insert=True)
    return environment


@atomic
def create_api_key(*, environment: Environment, name: str, scope: str) -> tuple[ApiKey, str]:
    """A new key with ``scope`` read or write, and its text, which is not stored and never shown again.

    Raises Invalid for another scope or a name that is too long.
    """
    rows.check(ApiKey(id="new", prefix="new", hashed_key="new", name=name, scope=scope))
    key = ApiKey(environment=environment, name=name, scope=scope)
    text = ApiKey.objects.assign_key(key)
    key.save(force_insert=True)
    return key, text


@atomic
def revoke_api_key(*, key: ApiKey) -> ApiKey:
    """The key, which is no longer accepted; revoking it twice changes nothing."""
    key.revoked = True
    key.save(update_fields=["revoked"])
    return key


def named(name_or_id: str, *, create_kind: str | None = None) -> Environment:
    """The environment of that name or id, created if ``create_kind`` is given; raises NotFound or Invalid."""
    found = Environment.objects.filter(Q(name=name_or_id) | Q(pk=name_or_id)).first()
    if found is not None:
        return found
    if create_kind is None:
        known = ", ".join(Environment.objects.values_list("name", flat=True)) or "none yet"
        raise NotFound(f"There is no environment {name_or_id!r}. The environments are: {known}.")
    return create(name=name_or_id, kind=create_kind)
