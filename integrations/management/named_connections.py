"""The connections that a command is about."""

from django.core.management.base import CommandError

from integrations.management.exit_codes import WRONG_USE
from integrations.models import Connection
from integrations.models.connections import ConnectionStatus


def named_connections(ids: list[str]) -> list[Connection]:
    """Those with these ids, all that are not deleted unless given; raises CommandError for unknown ones."""
    found = Connection.objects.exclude(status=ConnectionStatus.ARCHIVED).order_by("pk")
    chosen = list(found.filter(pk__in=ids) if ids else found)
    if missing := sorted(set(ids) - {connection.pk for connection in chosen}):
        raise CommandError(f"There is no connection {', '.join(missing)}.", returncode=WRONG_USE)
    return chosen
