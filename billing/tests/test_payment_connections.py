"""Through which connection and gateway a payment's money goes."""

import pytest

from billing.models import Payment


@pytest.mark.parametrize(
    ("connection_id", "gateway", "asked", "expected"),
    [
        ("conn_1", "stripe", ("conn_1",), True),
        ("conn_1", "stripe", ("conn_1", "stripe"), True),
        ("conn_1", "stripe", ("conn_2", "stripe"), False),
        ("conn_1", "other", ("conn_1", "stripe"), False),
        ("", "stripe", ("conn_2", "stripe"), True),
        ("", "", ("conn_2",), True),
        ("", "", ("conn_2", "stripe"), False),
    ],
)
def test_a_payment_without_a_connection_may_be_of_any(connection_id, gateway, asked, expected):
    payment = Payment(connection_id=connection_id, gateway=gateway)
    assert payment.goes_through(*asked) is expected
