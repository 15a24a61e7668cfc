#!/usr/bin/env python
"""Django's command line for FlexSync."""

import os
import sys


def main() -> None:
    """Runs the command that the arguments name."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "flexsync.settings")
    from django.core.management import execute_from_command_line

    from billing.actors import Actor, ActorType, acting

    with acting(Actor(ActorType.COMMAND, *sys.argv[1:2])):
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
