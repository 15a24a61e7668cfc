"""What the tests of the admin share: an operator who may do everything, and one who may only look."""

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client


@pytest.fixture
def operator(db: None) -> Client:
    """May do everything."""
    return logged_in(User.objects.create_superuser("operator"))


@pytest.fixture
def onlooker(db: None) -> Client:
    """May look at everything and change nothing."""
    user = User.objects.create_user("onlooker", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    return logged_in(user)


def logged_in(user: User) -> Client:
    """A browser in which ``user`` has logged in."""
    client = Client()
    client.force_login(user)
    return client
