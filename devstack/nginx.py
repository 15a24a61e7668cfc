"""The proxy of a deployment, with its own configuration (deploy/nginx/), at two free ports of 127.0.0.1."""

import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from devstack.account import launcher, own, user_for
from devstack.homes import REPOSITORY
from devstack.process import StartFailed, free_port, start, stop

CONFIGURATION = REPOSITORY / "deploy" / "nginx"
SOFT, HARD = signal.SIGTERM, signal.SIGKILL  # https://nginx.org/en/docs/control.html


@dataclass(frozen=True)
class Proxy:
    """``command`` runs it: its ports, the certificate that it shows, and the folder of its logs."""

    http: int
    https: int
    certificate: Path
    logs: Path
    command: Sequence[str] = ()

    def trusting(self) -> ssl.SSLContext:
        """What a client needs to trust it."""
        return ssl.create_default_context(cafile=self.certificate)


@contextmanager
def nginx(folder: Path, *, name: str, web: str, webhooks: str) -> Iterator[Proxy]:
    """Runs it in an empty `folder` as the host `name`; `web` and `webhooks` are the addresses behind it."""
    proxy = prepared(folder, name=name, web=web, webhooks=webhooks)
    ready = partial(_accepts, proxy)
    process = start(proxy.command, log=folder / "log", is_ready=ready, soft=SOFT, hard=HARD)
    try:
        yield proxy
    finally:
        stop(process, soft=SOFT, hard=HARD)


def prepared(folder: Path, *, name: str, web: str, webhooks: str) -> Proxy:
    """What `nginx` runs, for whoever runs it otherwise; it says on its standard error when it has started."""
    folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    uid = user_for(folder)
    own(folder, uid)
    as_user = launcher(uid, needs=[folder, CONFIGURATION], last_signal="TERM")
    script = ["sh", str(CONFIGURATION / "self-signed.sh"), name, str(folder)]
    subprocess.run([*as_user, *script], check=True, capture_output=True)
    proxy = Proxy(free_port(), free_port(), folder / "fullchain.pem", folder)
    filled = folder / "nginx.conf"
    filled.write_text(configuration(values(folder, proxy, SERVER_NAME=name, WEB=web, WEBHOOKS=webhooks)))
    more = f"daemon off; pid {folder}/pid; error_log stderr notice;"
    return replace(proxy, command=[*as_user, program(), "-e", "stderr", "-g", more, "-c", str(filled)])


def values(folder: Path, proxy: Proxy, **others: str) -> dict[str, str]:
    """What a deployment says in its variables, by their names after PROXY_."""
    ports = {"HTTP": f"127.0.0.1:{proxy.http}", "HTTPS": f"127.0.0.1:{proxy.https}"}
    return ports | dict.fromkeys(("STATE", "LOGS", "CERTIFICATES"), str(folder)) | others


def configuration(said: Mapping[str, str]) -> str:
    """The configuration with these values, filled in as the official image does it."""
    template = (CONFIGURATION / "nginx.conf.template").read_text()
    return re.sub(r"\$\{PROXY_([A-Z_]+)\}", lambda found: said[found[1]], template)


def program() -> str:
    """Returns nginx's program; Debian has it where only root looks."""
    found = shutil.which("nginx", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")
    if found is None:
        raise StartFailed("nginx is not installed (Debian and Ubuntu: apt install nginx).")
    return found


def _accepts(proxy: Proxy) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", proxy.https)) == 0
