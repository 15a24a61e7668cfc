"""What a provider cannot take of an invoice: told while it is a draft, not after it is final."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from billing.facts import InvoiceFacts, LineFacts

# (the draft) -> for each field that cannot be sent as it is, what to change: {"lines[0].amount": "..."}.
Problems = Callable[[InvoiceFacts], Mapping[str, str]]
# (a line, its currency) -> the line in the provider's smallest steps, saying so where that changed it.
RoundLine = Callable[[LineFacts, str], LineFacts]


# (an amount in major units, its currency) -> why it cannot be counted, and what can; "" where it can.
AmountProblem = Callable[[Decimal, str], str]


@dataclass(frozen=True)
class InvoiceLimits:
    """All are pure: they know the draft and the provider's documentation, and call nothing.

    ``rounded_line``: for connections with the option ``rounds_three_decimals``.
    """

    problems: Problems
    rounded_line: RoundLine = lambda line, _currency: line
    amount_problem: AmountProblem = lambda _amount, _currency: ""
