"""Independent parts of a push."""

import pytest

from integrations.errors import Rejected, Retry, Throttled, UnderWay, Unreachable
from integrations.provider_api import Parts


def run(*failures):
    """Runs a part for each failure, None for one that succeeds; returns how many ran, then finishes."""
    parts, ran = Parts(), []
    for number, failure in enumerate(failures):
        with parts.part(f"part {number}"):
            ran.append(number)
            if failure:
                raise failure
    assert len(ran) == len(failures)
    parts.finish()


def test_parts_that_succeed_say_nothing():
    run(None, None)


def test_one_that_fails_alone_is_told_as_it_is():
    with pytest.raises(Rejected, match="^no$"):
        run(None, Rejected("no"), None)


def test_all_reasons_are_told():
    with pytest.raises(Rejected, match="^part 0: no; part 2: never$"):
        run(Rejected("no"), None, Rejected("never"))


def test_what_has_to_be_tried_again_decides():
    with pytest.raises(Unreachable, match="part 0: no; part 1: later; part 2: gone") as failure:
        run(Rejected("no"), Retry("later", after=7), Unreachable("gone"))
    assert failure.value.after == 7


@pytest.mark.parametrize(("other", "expected"), [(UnderWay("bank"), UnderWay), (Retry("later"), Retry)])
def test_no_attempt_counts_while_all_wait_for_what_nobody_can_stop(other, expected):
    with pytest.raises(Retry) as failure:
        run(Rejected("no"), UnderWay("debit", after=9), other)
    assert (type(failure.value), failure.value.after) == (expected, 9)


@pytest.mark.parametrize("failure", [Throttled("slow"), Rejected("key", connection_is_broken=True)])
def test_a_failure_of_the_connection_ends_it_at_once(failure):
    parts = Parts()
    with pytest.raises(type(failure)), parts.part("any"):
        raise failure
