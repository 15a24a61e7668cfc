"""`manage.py rotate_credential_keys`: encrypts every stored secret with the first of CREDENTIAL_KEYS."""

from typing import Any

from django.core.management.base import BaseCommand

from integrations.connections import credentials


class Command(BaseCommand):
    help = "Encrypt every stored secret again, with the first of CREDENTIAL_KEYS. Then remove the other keys."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Prints how many secrets were encrypted."""
        count = credentials.encrypt_again()
        self.stdout.write(f"{count} secrets are now encrypted with the first key. You can remove the others.")
