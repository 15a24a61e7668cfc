"""The charts: which there are, what each draws of the numbers, and who may see it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from billing import money
from integrations.models.inbound import InboundState
from integrations.models.statistics import Measure
from integrations.statistics.latency import percentile
from integrations.statistics.numbers import Number, Numbers

# So many connections and currencies have a line or a chart of their own; what is left is put together.
MOST_CONNECTIONS, MOST_CURRENCIES = 7, 4
GREEN, RED, GREY, ORANGE, BLUE = "green-600", "red-600", "base-400", "orange-500", "blue-500"
PALETTE = ("primary-600", ORANGE, GREEN, BLUE, RED, "yellow-500", "primary-300", GREY)
Value = Decimal | int | None


@dataclass(frozen=True)
class Series:
    """``values``: one for each slot, None where nothing is known. ``total``: of all, as people read it."""

    name: str
    colour: str
    values: Sequence[Value]
    total: str


@dataclass(frozen=True)
class Chart:
    """``unit``: of its values. ``is_stacked``: bars upon each other; else lines."""

    title: str
    explanation: str
    series: Sequence[Series]
    unit: str = ""
    is_stacked: bool = True
    right: str = "integrations.view_connection"


def all_of(numbers: Numbers, names: Mapping[str, str], may: Callable[[str], bool]) -> list[Chart]:
    """The charts that someone may see. ``names``: of connections; ``may``: whether they have a right."""
    charts = [
        _events(numbers),
        _ages(numbers),
        *_money(numbers),
        _charges(numbers),
        _calls(numbers, names),
        _throttled(numbers, names),
        _latency(numbers),
        _findings(numbers),
        *_at_stake(numbers),
    ]
    return [chart for chart in charts if may(chart.right)]


def _counted(numbers: Numbers, found: Iterable[Number], name: str, colour: str) -> Series:
    values = numbers.summed(found)
    return Series(name, colour, values, f"{sum(values):,.0f}")


def _labelled(numbers: Numbers, measure: Measure, labels: Mapping[str, tuple[str, str]]) -> list[Series]:
    found = numbers.of(measure)
    return [
        _counted(numbers, (one for one in found if one.label == label), name, colour)
        for label, (name, colour) in labels.items()
    ]


def _events(numbers: Numbers) -> Chart:
    labels = {
        InboundState.APPLIED.value: ("Applied", GREEN),
        InboundState.IGNORED.value: ("Ignored", GREY),
        InboundState.DEAD.value: ("Dead", RED),
    }
    return Chart(
        "Events by outcome",
        "Events of providers, in the hour in which they were applied, ignored, or given up.",
        _labelled(numbers, Measure.EVENTS, labels),
        right="integrations.view_inboundevent",
    )


def _ages(numbers: Numbers) -> Chart:
    pairs = ((Measure.INBOX_AGE, "Inbox", BLUE), (Measure.OUTBOX_AGE, "Outbox", ORANGE))
    return Chart(
        "Age of the backlogs",
        "How long the oldest event or change has waited that was due, at its longest.",
        [_largest(numbers, measure, name, colour) for measure, name, colour in pairs],
        "seconds",
        is_stacked=False,
        right="integrations.view_outboundsync",
    )


def _largest(numbers: Numbers, measure: Measure, name: str, colour: str) -> Series:
    values: list[Value] = [None] * len(numbers.begins)
    for one in numbers.of(measure):
        values[one.slot] = round(one.value)
    known = [value for value in values if value is not None]
    return Series(name, colour, values, f"{max(known):,} at most" if known else "")


def _money(numbers: Numbers) -> Iterator[Chart]:
    parts = (
        (Measure.COLLECTED, "Collected", GREEN),
        (Measure.FAILED, "Failed", RED),
        (Measure.REFUNDED, "Refunded", ORANGE),
    )
    found = numbers.of(*(measure for measure, *_ in parts))
    for currency in _largest_first(found, lambda one: one.currency)[:MOST_CURRENCIES] or [""]:
        yield Chart(
            f"Money in {currency}" if currency else "Money",
            "Payments that came in, by when they did; those that were begun then and failed; refunds that were paid.",
            [
                _amounts(
                    numbers,
                    (one for one in numbers.of(measure) if one.currency == currency),
                    name,
                    colour,
                    currency,
                )
                for measure, name, colour in parts
            ],
            currency,
            is_stacked=False,
            right="billing.view_payment",
        )


def _amounts(numbers: Numbers, found: Iterable[Number], name: str, colour: str, currency: str) -> Series:
    values = numbers.summed(found)
    return Series(
        name, colour, values, money.with_currency(sum(values, Decimal(0)), currency) if currency else ""
    )


def _charges(numbers: Numbers) -> Chart:
    labels = {
        "succeeded": ("Succeeded", GREEN),
        "requires_action": ("Waits for the customer", ORANGE),
        "failed": ("Failed", RED),
        "cancelled": ("Cancelled", GREY),
        "open": ("Under way", BLUE),
    }
    found = numbers.of(Measure.CHARGES)
    ended = sum(one.value for one in found if one.label in ("succeeded", "failed", "requires_action"))
    good = sum(one.value for one in found if one.label == "succeeded")
    share = f" {100 * good / ended:.1f} % of those that ended succeeded." if ended else ""
    return Chart(
        "Charges without the customer",
        f"Saved payment methods that were charged off-session, by when that was begun.{share}",
        _labelled(numbers, Measure.CHARGES, labels),
        right="billing.view_payment",
    )


def _calls(numbers: Numbers, names: Mapping[str, str]) -> Chart:
    return Chart(
        "Calls to providers",
        "All calls that were made, by connection.",
        _by_connection(numbers, Measure.CALLS, names),
    )


def _throttled(numbers: Numbers, names: Mapping[str, str]) -> Chart:
    return Chart(
        "Calls that were too many",
        "Calls that the provider refused because there were too many at once (HTTP 429); they are made again.",
        _by_connection(numbers, Measure.THROTTLED, names),
    )


def _by_connection(numbers: Numbers, measure: Measure, names: Mapping[str, str]) -> list[Series]:
    found = numbers.of(measure)
    ids = _largest_first(found, lambda one: one.connection_id)
    own, others = ids[:MOST_CONNECTIONS], set(ids[MOST_CONNECTIONS:])
    series = [
        _counted(numbers, (one for one in found if one.connection_id == each), names.get(each, each), colour)
        for each, colour in zip(own, PALETTE, strict=False)
    ]
    if others:
        rest = (one for one in found if one.connection_id in others)
        series.append(_counted(numbers, rest, f"{len(others)} others", PALETTE[-1]))
    return series


def _largest_first(found: Iterable[Number], by: Callable[[Number], str]) -> list[str]:
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for one in found:
        sums[by(one)] += one.value
    return sorted(sums, key=lambda name: (-sums[name], name))


def _latency(numbers: Numbers) -> Chart:
    counts: list[defaultdict[str, Decimal]] = [defaultdict(Decimal) for _ in numbers.begins]
    whole: defaultdict[str, Decimal] = defaultdict(Decimal)
    for one in numbers.of(Measure.CALLS):
        counts[one.slot][one.label] += one.value
        whole[one.label] += one.value
    shares = ((0.5, "Half of the calls", BLUE), (0.95, "95 of 100 calls", ORANGE))
    return Chart(
        "How fast providers answer",
        "Within how many milliseconds calls were answered; estimated from how many took at most so long.",
        [
            Series(
                name,
                colour,
                [percentile(each, share) for each in counts],
                _milliseconds(percentile(whole, share)),
            )
            for share, name, colour in shares
        ],
        "milliseconds",
        is_stacked=False,
    )


def _milliseconds(value: int | None) -> str:
    return "" if value is None else f"{value:,} ms"


def _findings(numbers: Numbers) -> Chart:
    return Chart(
        "Differences between both sides",
        "Findings of comparisons that were open, at their most.",
        [_largest(numbers, Measure.FINDINGS, "Open", RED)],
        is_stacked=False,
        right="integrations.view_finding",
    )


def _at_stake(numbers: Numbers) -> Iterator[Chart]:
    found = numbers.of(Measure.AT_STAKE)
    for currency in _largest_first(found, lambda one: one.currency)[:MOST_CURRENCIES]:
        values = numbers.summed(one for one in found if one.currency == currency)
        most = money.with_currency(max(values), currency)
        yield Chart(
            f"Money at stake in {currency}",
            "What open differences may cost, at its most.",
            [Series("At stake", RED, values, f"{most} at most")],
            currency,
            is_stacked=False,
            right="integrations.view_finding",
        )
