"""Each routed event type, in each shape that Stripe sends it in, through the real inbox."""

import pytest

from integrations.providers.stripe.provider import ROUTES
from integrations.providers.stripe.tests.corpus import bare_events
from integrations.providers.stripe.tests.corpus.cases import changed
from integrations.providers.stripe.tests.corpus.events import WHOLE
from integrations.providers.stripe.tests.corpus.inbox import Inbox
from integrations.providers.stripe.tests.corpus.objects import OBJECTS
from stripe_simulator.contract.responses import resource_check

pytestmark = pytest.mark.django_db


def test_the_table_has_each_routed_type_once():
    assert sorted(case.type for case in WHOLE) == sorted(ROUTES)


def test_the_table_uses_every_object():
    assert {case.of for case in WHOLE} == set(OBJECTS)


@pytest.mark.parametrize("case", WHOLE, ids=lambda case: case.type)
def test_its_objects_are_what_the_sdk_knows(case):
    found = changed(case, "t1t")
    resource_check(found["object"])(found)


TABLES = {"whole": WHOLE, "bare": bare_events.CASES, "bare but for what is needed": bare_events.NEEDED_CASES}


@pytest.mark.parametrize("table", TABLES)
def test_each_leads_to_what_the_table_says(simulator, connection, table):
    problems = [
        problem for one in Inbox(connection, simulator).play(TABLES[table]) for problem in one.problems()
    ]
    assert not problems, "\n".join(problems)
