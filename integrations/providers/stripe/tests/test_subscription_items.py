"""Items are matched with Stripe's by the prices here, those when both sides agreed, and those there."""

import pytest

from integrations.providers.stripe.translate.subscription_items import GONE, NEW, matched

SEAT, DESK = {"si_1": "seat"}, {"si_1": "seat", "si_2": "desk"}


@pytest.mark.parametrize(
    ("ours", "known", "theirs", "expected"),
    [
        (["seat"], SEAT, SEAT, ["si_1"]),
        (["desk", "seat"], DESK, DESK, ["si_2", "si_1"]),
        (["seat", "desk"], SEAT, SEAT, ["si_1", NEW]),
        (["desk"], DESK, DESK, ["si_2"]),
        # Another price is another price of the same item.
        (["lamp"], SEAT, SEAT, ["si_1"]),
        (["lamp", "seat"], DESK, DESK, ["si_2", "si_1"]),
        (["lamp", "shelf"], SEAT, SEAT, ["si_1", NEW]),
        # There, too.
        (["seat"], SEAT, {"si_1": "lamp"}, ["si_1"]),
        (["desk"], SEAT, {"si_1": "lamp"}, ["si_1"]),
        # Both added it.
        (["seat", "desk"], SEAT, DESK, ["si_1", "si_2"]),
        # Here the price of one was exchanged for what was added there: that is the one.
        (["desk"], SEAT, DESK, ["si_2"]),
        # There the price of one was exchanged for what was added here.
        (["seat", "lamp"], SEAT, {"si_1": "lamp"}, [GONE, "si_1"]),
        # Of those that could have got another price, the ones that still exist come first.
        (["lamp"], DESK, {"si_2": "desk"}, ["si_2"]),
        (["lamp"], SEAT, {}, ["si_1"]),
        (["seat"], {}, SEAT, ["si_1"]),
        ([], SEAT, SEAT, []),
    ],
)
def test_each_is_matched(ours, known, theirs, expected):
    assert matched(ours, known, theirs) == expected
