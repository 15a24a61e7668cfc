"""`manage.py make_credential_key`: prints a new key for CREDENTIAL_KEYS."""

from typing import Any

from cryptography.fernet import Fernet
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Print a new key. Put it first in CREDENTIAL_KEYS, restart, then run rotate_credential_keys."
    requires_system_checks = ()

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Prints the key, and nothing else."""
        self.stdout.write(Fernet.generate_key().decode())
