"""What these tests share: people of the admin."""

from billing.tests.admin.conftest import onlooker, operator

__all__ = ["onlooker", "operator"]
