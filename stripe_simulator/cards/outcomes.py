"""Cards that decline, need authentication or are disputed. Source: Stripe docs, "Test card numbers"."""

from .card import Authentication, Card, Outcome


def _declining(number: str, code: str, decline_code: str | None = None) -> Card:
    return Card(number, outcome="declines", code=code, decline_code=decline_code or code, attaches=False)


def _challenging(number: str, authentication: Authentication = "always", decline_code: str = "") -> Card:
    outcome: Outcome = "declines" if decline_code else "pays"
    return Card(number, outcome=outcome, decline_code=decline_code or None, authentication=authentication)


_GENERIC = _declining("4000000000000002", "card_declined", "generic_decline")
_FUNDS = _declining("4000000000009995", "card_declined", "insufficient_funds")
_LOST = _declining("4000000000009987", "card_declined", "lost_card")
_STOLEN = _declining("4000000000009979", "card_declined", "stolen_card")
_VELOCITY = _declining("4000000000006975", "card_declined", "card_velocity_exceeded")
DECLINING = {
    "chargeDeclined": _GENERIC,
    "visa_chargeDeclined": _GENERIC,
    "chargeDeclinedInsufficientFunds": _FUNDS,
    "visa_chargeDeclinedInsufficientFunds": _FUNDS,
    "chargeDeclinedLostCard": _LOST,
    "visa_chargeDeclinedLostCard": _LOST,
    "chargeDeclinedStolenCard": _STOLEN,
    "visa_chargeDeclinedStolenCard": _STOLEN,
    "chargeDeclinedVelocityLimitExceeded": _VELOCITY,
    "visa_chargeDeclinedVelocityLimitExceeded": _VELOCITY,
    "chargeDeclinedFraudulent": Card(
        "4100000000000019", outcome="declines", decline_code="fraudulent", attaches=False, risk="highest"
    ),
    "chargeDeclinedExpiredCard": _declining("4000000000000069", "expired_card"),
    "chargeDeclinedIncorrectCvc": _declining("4000000000000127", "incorrect_cvc"),
    "chargeDeclinedProcessingError": _declining("4000000000000119", "processing_error"),
    "chargeCustomerFail": Card("4000000000000341", outcome="declines"),
}
# Radar's rules of a new account block payments of the highest risk, and no others.
RISKS = {
    "radarBlock": DECLINING["chargeDeclinedFraudulent"],
    "riskLevelHighest": Card(
        "4000000000004954", outcome="declines", decline_code="fraudulent", risk="highest"
    ),
    "riskLevelElevated": Card("4000000000009235", risk="elevated"),
    "cvcCheckFail": Card("4000000000000101", cvc="fail"),
    "cvcCheckFailElevatedRisk": Card("4000058400307872", cvc="fail", risk="elevated"),
    "avsZipFail": Card("4000000000000036", postal_code="fail"),
    "avsZipFailElevatedRisk": Card("4000058400306072", postal_code="fail", risk="elevated"),
    "avsLine1Fail": Card("4000000000000028", line1="fail"),
    "avsFail": Card("4000000000000010", line1="fail", postal_code="fail"),
    "avsUnchecked": Card("4000000000000044", line1="unavailable", postal_code="unavailable"),
}
CHALLENGING = {
    "authenticationRequiredOnSetup": _challenging("4000002500003155", "until_set_up"),
    "authenticationRequired": _challenging("4000002760003184"),
    "authenticationRequiredSetupForOffSession": _challenging("4000003800000446", "on_session"),
    "authenticationRequiredChargeDeclinedInsufficientFunds": _challenging(
        "4000008260003178", "until_set_up", "insufficient_funds"
    ),
    "threeDSecure2Required": _challenging("4000000000003220"),
    "threeDSecureRequired": _challenging("4000000000003063"),
    "threeDSecureRequiredChargeDeclined": _challenging("4000008400001629", decline_code="generic_decline"),
    # The look-up of the card fails: it declines without a challenge.
    "threeDSecureRequiredProcessingError": Card("4000008400001280", outcome="declines"),
    "threeDSecureOptional": _challenging("4000000000003055", "on_request"),
    "threeDSecureOptionalProcessingError": _challenging("4000000000003097", "on_request"),
}
# Their charges succeed. `resources.payments.disputes` and `refunds` know what comes after.
LATER = {
    "createDispute": Card("4000000000000259"),
    "createDisputeProductNotReceived": Card("4000000000002685"),
    "createDisputeInquiry": Card("4000000000001976"),
    "createMultipleDisputes": Card("4000000404000079"),
    "createCe3EligibleDispute": Card("4000000404000038"),
    "createComplianceDispute": Card("4000008400000779"),
    "createIssuerFraudRecord": Card("4000000000005423"),
    "pendingRefund": Card("4000000000007726"),
    "refundFail": Card("4000000000005126"),
    "bypassPending": Card("4000000000000077"),
    "bypassPendingInternational": Card("4000003720000278", country="IE"),
    "domesticPricing": Card("4000000000000093"),
}
# Source: Stripe docs, "ACH Direct Debit: test your integration". A debit is processing for some days.
BANK_ACCOUNTS = {
    "success": Card("000123456789", "bank", "settles", kind="us_bank_account"),
    "processing": Card("000000000009", "bank", "pending", kind="us_bank_account"),
    "accountClosed": Card("000111111113", "bank", "bounces", "account_closed", kind="us_bank_account"),
    "noAccount": Card("000111111116", "bank", "bounces", "no_account", kind="us_bank_account"),
    "insufficientFunds": Card(
        "000222222227", "bank", "bounces", "insufficient_funds", kind="us_bank_account"
    ),
    "debitNotAuthorized": Card(
        "000333333335", "bank", "bounces", "debit_not_authorized", kind="us_bank_account"
    ),
}
