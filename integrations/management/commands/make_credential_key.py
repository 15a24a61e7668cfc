"""`manage.py make_credential_key`: prints a new key for CREDENTIAL_KEYS."""

from typing import Any

from cryptography.fernet import Fernet

from billing.management.operator_command import OperatorCommand


class Command(OperatorCommand):
    help = "Print a new key. Put it first in CREDENTIAL_KEYS, restart, then run rotate_credential_keys."
    examples = (
        ("make_credential_key", "prints the key"),
        ("make_credential_key --json", "for programs"),
    )
    requires_system_checks = ()

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Prints the key, and nothing else."""
        key = Fernet.generate_key().decode()
        self.answer({"key": key})
        self.say(key)
