"""`manage.py rotate_credential_keys`: encrypts every stored secret with the first of CREDENTIAL_KEYS."""

from typing import Any

from django.core.management.base import CommandError

from billing.management.operator_command import OperatorCommand
from integrations.connections import stored_secrets


class Command(OperatorCommand):
    help = "Encrypt every stored secret again, with the first of CREDENTIAL_KEYS. Then remove the other keys."
    examples = (
        ("rotate_credential_keys", "after a new key was put first in CREDENTIAL_KEYS"),
        ("rotate_credential_keys --json", "for programs"),
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Prints how many secrets were encrypted; raises CommandError, naming each that no key opens."""
        count, unopened = stored_secrets.encrypt_again()
        self.answer({"encrypted": count, "unopened": [str(name) for name in unopened]})
        self.say(f"{count} secrets are now encrypted with the first key.")
        if unopened:
            raise CommandError(
                "\n".join(f"No key opens {name}." for name in unopened)
                + "\nPut back the key that they were encrypted with and run this again, or store them again."
                " Remove no key before."
            )
        self.say("You can remove the others.")
