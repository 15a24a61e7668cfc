"""`manage.py rotate_credential_keys`: encrypts every stored secret with the first of CREDENTIAL_KEYS."""

from typing import Any

from django.core.management.base import BaseCommand

from integrations.connections import credentials


class Command(BaseCommand):
    help = "Encrypt every stored secret again, with the first of CREDENTIAL_KEYS; the other keys can go then."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Prints how many secrets there are."""
        self.stdout.write(f"{credentials.encrypt_again()} secrets are encrypted with the first key now.")
