"""`manage.py rotate_credential_keys`: encrypts every stored secret with the first of CREDENTIAL_KEYS."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from integrations.connections import stored_secrets


class Command(BaseCommand):
    help = "Encrypt every stored secret again, with the first of CREDENTIAL_KEYS. Then remove the other keys."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Prints how many secrets were encrypted; raises CommandError, naming each that no key opens."""
        count, unopened = stored_secrets.encrypt_again()
        self.stdout.write(f"{count} secrets are now encrypted with the first key.")
        if unopened:
            raise CommandError(
                "\n".join(f"No key opens {name}." for name in unopened)
                + "\nPut back the key that they were encrypted with and run this again, or store them again."
                " Remove no key before."
            )
        self.stdout.write("You can remove the others.")
