"""A whole account: equal after an import; then each difference that is planted is found, and no other."""

import pytest

from integrations.models import ComparisonPart

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop(account, imported):
    """Something of each kind, on both sides."""
    account.in_use()
    imported()
    return account


def told(found):
    return sorted(
        (one.entity_type, one.kind, one.field, one.ours, one.theirs, one.suggested) for one in found
    )


class TestAnAccount:
    def test_is_equal_after_an_import(self, shop, findings):
        assert told(findings()) == []
        seen = dict(ComparisonPart.objects.values_list("name", "objects_seen"))
        assert seen == {
            "products": 1, "prices": 1, "customers": 3, "subscriptions": 1, "invoices": 3, "payments": 4,
            "credit notes": 1,
        }  # fmt: skip

    def test_is_all_new_before(self, account, findings):
        account.in_use()
        found = findings()
        assert {one.kind for one in found} == {"only_there"}
        kinds = [one.entity_type for one in found]
        assert {kind: kinds.count(kind) for kind in kinds} == {
            "plan": 1, "price": 1, "customer": 3, "subscription": 1, "invoice": 3, "payment": 3,
        }  # fmt: skip
