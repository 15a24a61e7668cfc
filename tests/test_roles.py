"""The roles: groups that `migrate` makes, and what their members see."""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from billing.models import Invoice
from billing.tests.admin.conftest import logged_in
from billing.tests.factories import InvoiceFactory
from flexsync import roles

pytestmark = pytest.mark.django_db


def member(name: str) -> Client:
    """A browser of somebody with that role."""
    user = User.objects.create_user(name, is_staff=True)
    user.groups.add(Group.objects.get(name=name))
    return logged_in(user)


class TestMigrate:
    def test_makes_the_groups(self) -> None:
        Group.objects.all().delete()
        call_command("migrate", verbosity=0)
        assert set(Group.objects.values_list("name", flat=True)) == set(roles.ROLES)

    def test_gives_them_their_rights_and_no_others_and_leaves_other_groups_alone(self) -> None:
        roles.install()
        own = Group.objects.create(name="Ours")
        right = Permission.objects.get(codename="refund_payment")
        for group in (own, Group.objects.get(name="Viewer")):
            group.permissions.add(right)
        roles.install()
        assert right in own.permissions.all()
        assert right not in Group.objects.get(name="Viewer").permissions.all()

    def test_knows_each_right_that_it_gives(self) -> None:
        named = {one for wanted in roles.ROLES.values() for one in wanted if "*" not in one}
        assert named == set(Permission.objects.filter(codename__in=named).values_list("codename", flat=True))


class TestAPage:
    @pytest.fixture
    def invoice(self) -> Invoice:
        roles.install()
        invoice: Invoice = InvoiceFactory(finalized=True)
        return invoice

    @pytest.mark.parametrize(
        ("role", "shown"),
        [
            ("Viewer", set()),
            ("Support", set()),
            ("Finance", {"Void", "Record a payment", "Mark uncollectible"}),
        ],
    )
    def test_hides_what_a_role_may_not_do(self, invoice: Invoice, role: str, shown: set[str]) -> None:
        html = member(role).get(reverse("admin:billing_invoice_change", args=[invoice.pk])).content.decode()
        texts = {line.strip() for line in strip_tags(html).splitlines()}
        assert texts & {"Void", "Record a payment", "Mark uncollectible"} == shown
