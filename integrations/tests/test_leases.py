"""Leases: one worker has a row at a time, and one whose lease was taken over writes nothing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.db import leases
from integrations.models import EventPoll

LENGTH = timedelta(seconds=60)


@pytest.fixture
def row(connection):
    """A row to be leased, as a query."""
    EventPoll.objects.create(connection=connection)
    return EventPoll.objects.filter(pk=connection.pk)


@pytest.fixture
def now():
    return timezone.now()


def holder(row):
    return row.get().lease_holder


class TestALease:
    def test_is_given_once_until_it_expires(self, row, now):
        assert leases.take(row, now, LENGTH)
        first = holder(row)
        assert not leases.take(row, now + LENGTH - timedelta(seconds=1), LENGTH)
        assert holder(row) == first
        assert leases.take(row, now + LENGTH, LENGTH)
        assert holder(row) != first

    def test_lasts_longer_with_each_sign_of_life(self, row, now):
        leases.take(row, now, LENGTH)
        leases.extend(row, holder(row), now + LENGTH / 2, LENGTH, cursor="cus_1")
        assert row.get().cursor == "cus_1"
        assert not leases.take(row, now + LENGTH, LENGTH)

    def test_is_free_at_once_where_it_was_released(self, row, now):
        leases.take(row, now, LENGTH)
        leases.release(row, holder(row), cursor="")
        assert leases.take(row, now, LENGTH)

    def test_that_was_taken_over_writes_nothing(self, row, now):
        leases.take(row, now, LENGTH)
        late = holder(row)
        leases.take(row, now + LENGTH, LENGTH)
        with pytest.raises(leases.LeaseLost):
            leases.extend(row, late, now + LENGTH, LENGTH, cursor="cus_1")
        leases.release(row, late, cursor="cus_1")
        assert (row.get().cursor, row.get().leased_until) == ("", now + 2 * LENGTH)

    def test_of_a_row_that_is_not_there_is_not_given(self, row, now):
        assert not leases.take(row.filter(cursor="cus_1"), now, LENGTH)
