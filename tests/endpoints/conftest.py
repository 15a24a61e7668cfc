"""What these tests share: an operator of the admin."""

from billing.tests.admin.conftest import onlooker, operator

__all__ = ["onlooker", "operator"]
