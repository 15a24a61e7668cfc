"""Makes the virtual environment and installs pinned requirements, using only Python's standard library.

    python3 bootstrap.py .venv requirements-demo.txt

Debian's python3 comes without ensurepip, so pip is fetched from the package index, as its pinned wheel, which
runs without being installed. That is also faster than unpacking the pip that Python brings along.
"""

import configparser
import hashlib
import os
import re
import ssl
import subprocess
import sys
import urllib.request
import venv
from pathlib import Path
from urllib.parse import urljoin

WHEEL = "pip-26.3-py3-none-any.whl"
SHA256 = "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"
# A third of all installed code, hardly any of it ever imported: Python compiles these when first imported.
RARE = "/(faker/providers|mypyc?|pip|pygments/lexers|setuptools|stripe/(events|params))/"
# Where pip's index and certificates are configured: https://pip.pypa.io/en/stable/topics/configuration/
CONFIGURATION = ["/etc/pip.conf", "~/.pip/pip.conf", "~/.config/pip/pip.conf"]


NO_PIP = """\
FlexSync's packages cannot be installed: pip could not be downloaded (the reason is above), and this Python
has no pip of its own. Do one of these, then run the command again:
  - let this machine reach https://pypi.org, or set PIP_INDEX_URL to a mirror;
  - if a certificate was refused, install ca-certificates, or set PIP_CERT to your certificates;
  - install Python's own pip (Debian and Ubuntu: apt install python3-venv)."""


def main() -> None:
    """Installs the requirements named on the command line."""
    folder, requirements = Path(sys.argv[1]), sys.argv[2]
    python = folder / "bin" / "python"
    if not works(python):
        venv.create(folder, clear=folder.exists(), symlinks=True)
    command = [*pip(folder, python), "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    failed = subprocess.run([*command, "--requirement", requirements], check=False).returncode
    if failed:
        sys.exit(failed)
    # pip compiles on one core only. Files that do not compile are packages' templates, which no module
    # imports.
    compile_all = [str(python), "-W", "ignore", "-m", "compileall", "-qq"]
    subprocess.run([*compile_all, "--workers", "0", "-x", RARE, str(folder / "lib")], check=False)


def works(python: Path) -> bool:
    """Returns whether the environment's Python runs; it does not once the system's Python is removed."""
    return python.exists() and subprocess.run([python, "-c", ""], check=False).returncode == 0


def pip(folder: Path, python: Path) -> list[str]:
    """Returns the command that runs pip: the pinned wheel's, or if it cannot be downloaded, ensurepip's."""
    wheel = folder / WHEEL
    try:
        if not wheel.exists():
            wheel.write_bytes(download())
    except (OSError, ValueError) as problem:
        sys.stderr.write(f"Could not download {WHEEL}: {problem}. Using Python's own pip instead.\n")
        if subprocess.run([python, "-m", "ensurepip", "--upgrade"], check=False).returncode != 0:
            sys.exit(NO_PIP)
        return [str(python), "-m", "pip"]
    return [str(python), f"{wheel}/pip"]


def download() -> bytes:
    """Returns the wheel; raises OSError if the index cannot be reached, ValueError if it lacks the wheel."""
    index = setting("index-url") or "https://pypi.org/simple"
    page = f"{index.rstrip('/')}/pip/"
    # An index may return JSON or only HTML: https://peps.python.org/pep-0691/
    found = re.search(rf'(?:"url":\s*|href=)"([^"#]*{re.escape(WHEEL)})', get(page).decode())
    if not found:
        raise ValueError(f"{page} does not list it")
    content = get(urljoin(page, found[1]))
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise ValueError(f"{found[1]} is not the file that was pinned")
    return content


def get(address: str) -> bytes:
    """Returns the content at an address."""
    accept = {"Accept": "application/vnd.pypi.simple.v1+json, text/html;q=0.5, */*;q=0.1"}
    trusted = ssl.create_default_context(cafile=setting("cert") or None)
    with urllib.request.urlopen(
        urllib.request.Request(address, headers=accept), timeout=60, context=trusted
    ) as response:
        return bytes(response.read())


def setting(name: str) -> str | None:
    """Returns one of pip's settings, from the environment or pip's configuration files."""
    given = os.environ.get("PIP_" + name.upper().replace("-", "_"))
    if given:
        return given
    files = configparser.ConfigParser(interpolation=None)
    files.read([*map(os.path.expanduser, CONFIGURATION), os.environ.get("PIP_CONFIG_FILE", os.devnull)])
    return files.get("global", name, fallback=None)


if __name__ == "__main__":
    main()
