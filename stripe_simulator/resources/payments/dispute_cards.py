"""The disputes that test cards cause. Source: Stripe docs, "Test card numbers", disputes."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DisputePlan:
    """A dispute to open: its reason, status and network code, what evidence it is eligible for, its share."""

    reason: str = "fraudulent"
    status: str = "needs_response"
    network_reason_code: str = "10"
    eligible: str | None = None
    share: float = 1.0


# Assumed: a payment that is "disputed multiple times" is disputed twice, half of it each time.
PLANS = {
    "4000000000000259": (DisputePlan(),),
    "4000000000002685": (DisputePlan("product_not_received", network_reason_code="13.1"),),
    "4000000000001976": (DisputePlan(status="warning_needs_response"),),
    "4000000404000079": (DisputePlan(share=0.5), DisputePlan("product_not_received", share=0.5)),
    "4000000404000038": (DisputePlan(eligible="visa_compelling_evidence_3"),),
    "4000008400000779": (DisputePlan("noncompliant", network_reason_code="98", eligible="visa_compliance"),),
}
