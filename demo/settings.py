"""The settings of one run of the demo: ports, addresses, log files and environment variables."""

import os
import socket
from dataclasses import dataclass
from pathlib import Path

WEB_PORT, WEBHOOKS_PORT, SIMULATOR_PORT = 8000, 8001, 12111
# Open sockets, which keep their ports reserved.
_reservations: list[socket.socket] = []


@dataclass(frozen=True)
class Settings:
    """The folder, addresses and environment variables of one run."""

    home: Path
    web_url: str
    webhooks_url: str
    simulator_url: str
    variables: dict[str, str]

    @property
    def logs(self) -> Path:
        """The folder with one log file for each process."""
        return self.home / "logs"


def choose_settings(home: Path, servers: dict[str, str]) -> Settings:
    """Chooses the ports: DEMO_WEB_PORT, DEMO_WEBHOOKS_PORT, DEMO_SIMULATOR_PORT, or the first free ones."""
    web = f"http://127.0.0.1:{_port('DEMO_WEB_PORT', WEB_PORT)}"
    webhooks = f"http://127.0.0.1:{_port('DEMO_WEBHOOKS_PORT', WEBHOOKS_PORT)}"
    simulator = f"http://127.0.0.1:{_port('DEMO_SIMULATOR_PORT', SIMULATOR_PORT)}"
    variables = {
        **servers,
        "DEBUG": "false",
        "PUBLIC_URL": web,
        # There is no proxy that leads webhooks to their own process.
        "WEBHOOK_URL": webhooks,
        "WEB_BIND": web.partition("//")[2],
        "WEBHOOKS_BIND": webhooks.partition("//")[2],
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "STRIPE_API_BASE": simulator,
        "STRIPE_DASHBOARD_URL": simulator,
        "SWEEP_SECONDS": "5",
        # The program that hears of changes is on this machine.
        "WEBHOOK_ALLOWED_NETWORKS": "127.0.0.1/32",
        "DEMO_WEB_URL": web,
        "DEMO_SIMULATOR_URL": simulator,
        "DEMO_HOME": str(home),
        "PYTHONUNBUFFERED": "1",
    }
    return Settings(home, web, webhooks, simulator, variables)


def _port(variable: str, usual: int) -> int:
    """Returns the port that ``variable`` names, or the first free and unreserved port from ``usual`` on."""
    if os.environ.get(variable):
        return int(os.environ[variable])
    for port in range(usual, usual + 100):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        if _reserve(port):
            return port
    raise SystemExit(f"All ports from {usual} to {usual + 99} are in use. Set {variable} to a free port.")


def _reserve(port: int) -> bool:
    """Reserves the port until this process ends; returns False if another demo, started at once, has it.

    The reservation is the UDP port of that number, which nothing else here uses and the kernel releases by
    itself.
    """
    reservation = socket.socket(type=socket.SOCK_DGRAM)
    try:
        reservation.bind(("127.0.0.1", port))
    except OSError:
        reservation.close()
        return False
    _reservations.append(reservation)
    return True
