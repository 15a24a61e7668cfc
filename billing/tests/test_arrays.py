"""A list of texts arrives in PostgreSQL as it was."""

import pytest
from django.db import connection

from billing.persistence.any_lookup import text_array

TEXTS = [
    "",
    "plain",
    "NULL",
    None,
    'a "quoted" one',
    "back\\slash",
    "{a,b}",
    "two\nlines ",
    "ünïcode",
    "it's",
    "%s",
]


@pytest.mark.django_db
def test_every_text_arrives_as_it_was() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::text[]", [text_array(TEXTS)])
        assert cursor.fetchone() == (TEXTS,)


def test_an_empty_list_is_an_empty_array() -> None:
    assert text_array([]) == "{}"
