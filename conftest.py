"""How all tests run: with as many processes as help, the same examples each time, and tables emptied quickly.

A test that needs more than Python and make runs where that is; CI has all of it and never leaves a test out.
"""

import gc
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings
from hypothesis import settings

ROOT = Path(__file__).parent
# Debian has nginx where only root looks.
PATH = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin"
PROGRAMS = ("chromium", "curl", "nginx", "openssl", "systemd-analyze")
# Installed by `make test`, where npm's registry can be reached.
NPM = ROOT / "tests" / "npm" / "node_modules"


def has_terminals() -> bool:
    """Tells whether this machine makes pseudo-terminals: a chroot or a build's sandbox may lack /dev/pts."""
    try:
        ends = os.openpty()
    except OSError:
        return False
    for end in ends:
        os.close(end)
    return shutil.which("script") is not None


def has_history() -> bool:
    """Tells whether this is a clone with all its commits: an archive has none, a shallow clone few."""
    if shutil.which("git") is None:
        return False
    asked = ["git", "rev-parse", "--is-shallow-repository"]
    return subprocess.run(asked, cwd=ROOT, capture_output=True, text=True).stdout.strip() == "false"  # noqa: PLW1510


def missing() -> dict[str, str]:
    """Returns what some tests need and this machine lacks, and how to get it."""
    programs = {name: "install it" for name in PROGRAMS if shutil.which(name, path=PATH) is None}
    terminal = {} if has_terminals() else {"terminal": "mount devpts and install bsdutils"}
    return programs | terminal | ({} if NPM.exists() else {"npm": "let `make test` reach npm's registry"})


# In CI no program counts as missing, so that a test whose need is not met fails.
MISSING = {} if os.environ.get("CI") else missing()
if not has_history():
    MISSING["history"] = "clone all commits with git"
if not os.environ.get("AXE"):
    MISSING["axe"] = "set AXE=1, as make nightly does,"

# The same examples in each run, so that a change alone can make a test fail; `make nightly` looks for new
# ones.
settings.register_profile("repeatable", derandomize=True)
settings.register_profile("exploring")
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))

# By default Python searches for cycles whenever 700 more objects were made than freed, and among the oldest
# ones every hundredth time: a twentieth of a run. Here it waits for 5,000 objects, and searches the oldest
# every thousandth time.
gc.set_threshold(5_000, 10, 100)


def pytest_configure(config: pytest.Config) -> None:
    """Declares the marker."""
    config.addinivalue_line(
        "markers", f"needs(name): needs one of {', '.join(PROGRAMS)}, terminal, npm, history, axe"
    )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Returns one more than there are cores: a test also waits for timers and for other processes."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_finish() -> None:
    """Exempts all that imports have made from Python's search for cycles."""
    gc.freeze()


def pytest_report_header() -> list[str]:
    """Says which tests are left out, and what would let them run."""
    return [f"tests that need {name} are left out: {remedy} to run them" for name, remedy in MISSING.items()]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselects the tests whose need is not met."""
    left_out = [
        item for item in items if any(marker.args[0] in MISSING for marker in item.iter_markers("needs"))
    ]
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=left_out)


@pytest.fixture(scope="session", autouse=True)
def _settings() -> Iterator[None]:
    """Looks a static file up when a test asks for it; otherwise each test client would list them all.

    https://whitenoise.readthedocs.io/en/stable/django.html#WHITENOISE_AUTOREFRESH. Also makes a test that
    forgets the simulator call a closed port, instead of Stripe, and a request that forgets its slot fail.
    """
    with override_settings(WHITENOISE_AUTOREFRESH=True, STRIPE_API_BASE="http://127.0.0.1:9", STRICT=True):
        yield


@pytest.fixture(scope="session", autouse=True)
def _documented_statuses() -> Iterator[None]:
    """Fails where any test got a status from the API that the OpenAPI document does not name."""
    from tests.endpoints.documented import compared

    with compared() as undocumented:
        yield
    assert not undocumented, sorted(undocumented)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Ends, before the database is dropped, the sessions of requests that a browser has left behind."""
    from django.db import connection

    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture(scope="session", autouse=True)
def _quick_flush() -> Iterator[None]:
    """Empties tables after a transactional test with one statement, in place of the command "flush".

    TRUNCATE makes new files for each table and each index. The tables that ``migrate`` fills keep their rows,
    because it would fill them again at once.
    """
    from django.db import connection, transaction
    from django.test import TransactionTestCase

    tables = set(connection.introspection.django_table_names(include_views=False))
    emptied = sorted(tables - {"django_content_type", "auth_permission"})
    deletes = "; ".join(f"DELETE FROM {connection.ops.quote_name(table)}" for table in emptied)

    def empty(_test: TransactionTestCase) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(deletes)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty)
        yield
