"""The roles, groups of users: what each may do besides looking. `migrate` gives them just these rights.

Rights of another shape belong in a group of another name, which is left alone.
"""

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db.models import Q, QuerySet

APPS = ("billing", "integrations")
# Rights by "app.codename"; a star stands for all that begin so.
LOOKING = ("view_*",)
TRIAGE = ("add_triagemark", "change_triagemark", "add_note")
ROLES: dict[str, tuple[str, ...]] = {
    "Viewer": LOOKING,
    "Support": (
        *LOOKING,
        *TRIAGE,
        "add_customer",
        "change_customer",
        "add_subscription",
        "change_subscription",
        "add_entitymapping",
        "change_entitymapping",
        "change_conflict",
        "change_linkcandidate",
        "change_finding",
        "change_syncrun",
        "replay_inboundevent",
        "push_outboundsync",
    ),
    "Finance": (
        *LOOKING,
        *TRIAGE,
        "add_invoice",
        "change_invoice",
        "void_invoice",
        "charge_invoice",
        "add_payment",
        "change_payment",
        "refund_payment",
        "add_creditnote",
        "change_creditnote",
        "push_outboundsync",
    ),
    "Administrator": ("*",),
}


def install(**_signal: Any) -> None:
    """Makes the groups where they are missing, and sets their rights; called after each migration."""
    for name, wanted in ROLES.items():
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.set(_rights(wanted))


def _rights(wanted: tuple[str, ...]) -> QuerySet[Permission]:
    found = Q()
    for codename in wanted:
        prefix, star, _ = codename.partition("*")
        found |= Q(codename__startswith=prefix) if star else Q(codename=codename)
    rights = Permission.objects.filter(found)
    # "*" is also of users, groups, schedules and results.
    return rights if "*" in wanted else rights.filter(content_type__app_label__in=APPS)
