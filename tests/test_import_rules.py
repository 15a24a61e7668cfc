"""Plants one violation of each import contract and checks that exactly that contract refuses it."""

import configparser
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
RULES = configparser.ConfigParser()
RULES.read(ROOT / ".importlinter")
PACKAGES = RULES["importlinter"]["root_packages"].split()
PREFIX = "importlinter:contract:"
CONTRACTS = {name.removeprefix(PREFIX) for name in RULES.sections() if name.startswith(PREFIX)}

VIOLATIONS = [
    ("packages", "billing/models/base.py", "import integrations.registry"),
    ("packages", "integrations/receivers.py", "import flexsync.celery"),
    ("billing", "billing/models/base.py", "import billing.services"),
    ("billing", "billing/persistence/rows.py", "import billing.services.currencies"),
    ("billing", "billing/errors.py", "import billing.money"),
    ("billing", "billing/api/urls.py", "import billing.admin.columns"),
    ("billing", "billing/newcomer.py", ""),
    ("integrations", "integrations/models/connections.py", "import integrations.provider_api.registry"),
    ("integrations", "integrations/inbox/claim.py", "import integrations.outbox.leases"),
    ("integrations", "integrations/outbox/worker.py", "import integrations.payments.checkout"),
    ("integrations", "integrations/gateway/guarded.py", "import integrations.mappings.session"),
    ("integrations", "integrations/api/urls.py", "import integrations.admin.connections"),
    ("integrations", "integrations/reconcile/__init__.py", "import integrations.payments.checkout"),
    ("integrations", "integrations/newcomer.py", ""),
    ("reconcile", "integrations/reconcile/importing/__init__.py", "import integrations.reconcile.catch_up"),
    ("providers", "integrations/receivers.py", "import integrations.providers.stripe.provider"),
    ("siblings", "integrations/providers/other/__init__.py", "import integrations.providers.stripe.provider"),
    ("narrow", "integrations/providers/stripe/payment_methods.py", "import billing.persistence.rows"),
    ("narrow", "integrations/providers/stripe/push/invoices.py", "import integrations.outbox.worker"),
    ("narrow", "integrations/providers/stripe/handlers/upsert.py", "import integrations.mappings.session"),
    ("pure", "billing/facts/payments.py", "import django.db"),
    ("pure", "integrations/providers/stripe/translate/planted.py", "import stripe"),
    ("sdk", "integrations/receivers.py", "import stripe"),
    ("simulator", "stripe_simulator/state/clock.py", "import billing.money"),
    ("simulated", "integrations/receivers.py", "import stripe_simulator.state.clock"),
    ("circles", "stripe_simulator/state/clock.py", "import stripe_simulator.state.account"),
    (
        "circles",
        "stripe_simulator/state/clock.py",
        "if TYPE_CHECKING:\n    import stripe_simulator.state.account",
    ),
    ("circles", "stripe_simulator/resources/customers/deletion.py", "def _(): from ..invoices import drafts"),
    ("devstack", "devstack/homes.py", "import django"),
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns a copy of the packages and of the rules, into which violations are planted."""
    folder = tmp_path_factory.mktemp("copy")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / ".importlinter", folder)
    return folder


@pytest.fixture(scope="module")
def broken_before(copy: Path) -> set[str]:
    """Returns the contracts broken without a planted violation: a real one then fails one test, not all."""
    return broken(copy)


def broken(folder: Path) -> set[str]:
    """Returns the contracts that `lint-imports` reports as broken in `folder`."""
    result = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-logo"],
        cwd=folder,
        env=os.environ | {"COLUMNS": "300"},
        capture_output=True,
        text=True,
        check=False,
    )
    names = set(re.findall(r"^(.+) BROKEN", result.stdout, re.MULTILINE))
    assert (result.returncode == 0) == (not names), result.stdout + result.stderr
    return {contract for contract in CONTRACTS if RULES[PREFIX + contract]["name"] in names}


class TestTheContracts:
    def test_hold(self, broken_before: set[str]) -> None:
        assert broken_before == set()

    def test_are_part_of_the_checks(self) -> None:
        plan = subprocess.run(["make", "-n", "check"], cwd=ROOT, capture_output=True, text=True, check=True)
        assert "lint-imports" in plan.stdout

    def test_are_each_violated_below(self) -> None:
        assert {contract for contract, _, _ in VIOLATIONS} == CONTRACTS

    @pytest.mark.parametrize(("contract", "path", "line"), VIOLATIONS)
    def test_refuse(self, copy: Path, broken_before: set[str], contract: str, path: str, line: str) -> None:
        planted = copy / path
        before = planted.read_text() if planted.exists() else None
        made = [folder for folder in (planted.parent, planted.parent.parent) if not folder.exists()]
        planted.parent.mkdir(parents=True, exist_ok=True)
        for folder in made:
            (folder / "__init__.py").touch()
        planted.write_text(f"{before or ''}\n{line}\n")
        try:
            assert broken(copy) == broken_before | {contract}
        finally:
            shutil.rmtree(made[-1]) if made else planted.unlink()
            if before is not None:
                planted.write_text(before)
