"""What the menu of admin calls a list is what its page is called."""

import pytest
from django.apps import apps
from django.utils.text import capfirst

from flexsync.navigation import GROUPS


@pytest.mark.parametrize("entries", GROUPS.values(), ids=list(GROUPS))
def test_a_list_has_one_name(entries):
    headings = [capfirst(apps.get_model(noun)._meta.verbose_name_plural) for _, _, noun in entries]
    assert [title for title, _, _ in entries] == headings
