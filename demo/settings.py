"""The environment in which the demo's processes run: their addresses, ports and log files."""

import os
import socket
from dataclasses import dataclass
from pathlib import Path

WEB_PORT, SIMULATOR_PORT = 8000, 12111
# Open sockets hold their ports.
_claims: list[socket.socket] = []


@dataclass(frozen=True)
class Place:
    """Where one run of the demo lives."""

    home: Path
    web_url: str
    simulator_url: str
    variables: dict[str, str]

    @property
    def logs(self) -> Path:
        """The folder with one log for each process."""
        return self.home / "logs"


def place(home: Path, servers: dict[str, str]) -> Place:
    """Chooses the ports (DEMO_WEB_PORT, DEMO_SIMULATOR_PORT, or the first free ones) and sets the variables."""
    web = f"http://127.0.0.1:{_port('DEMO_WEB_PORT', WEB_PORT)}"
    simulator = f"http://127.0.0.1:{_port('DEMO_SIMULATOR_PORT', SIMULATOR_PORT)}"
    variables = {
        **servers,
        "DEBUG": "false",
        "PUBLIC_URL": web,
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "STRIPE_API_BASE": simulator,
        "STRIPE_DASHBOARD_URL": simulator,
        "SWEEP_SECONDS": "5",
        "DEMO_WEB_URL": web,
        "DEMO_SIMULATOR_URL": simulator,
        "DEMO_HOME": str(home),
        "PYTHONUNBUFFERED": "1",
    }
    return Place(home, web, simulator, variables)


def _port(variable: str, usual: int) -> int:
    """The port that ``variable`` names, else the first one from ``usual`` on that is free and that no demo has claimed."""
    if os.environ.get(variable):
        return int(os.environ[variable])
    for port in range(usual, usual + 100):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        if _claim(port):
            return port
    raise SystemExit(f"No port from {usual} to {usual + 99} is free: set {variable}.")


def _claim(port: int) -> bool:
    """Whether the port is ours until this process ends: of two demos that start at once, one takes the next port.

    The claim is the UDP port of that number, which nothing else here uses and the kernel gives back by itself.
    """
    claim = socket.socket(type=socket.SOCK_DGRAM)
    try:
        claim.bind(("127.0.0.1", port))
    except OSError:
        claim.close()
        return False
    _claims.append(claim)
    return True
