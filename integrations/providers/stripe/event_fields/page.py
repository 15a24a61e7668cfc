"""docs/events.md, made of the routes, the tables of fields, and the reasons that the handlers give."""

from collections.abc import Iterable, Iterator, Mapping

from integrations.provider_api import Route
from integrations.providers.stripe.event_fields import FAMILIES
from integrations.providers.stripe.event_fields.records import Family, ObjectFields
from integrations.providers.stripe.version import API_VERSION

INTRODUCTION = f"""# Stripe's events

What each event of Stripe's does here, which fields are read of its object, and what is left out. This page is made of the tables in code
(`integrations/providers/stripe/event_fields/`, and the routes in `integrations/providers/stripe/provider.py`); a test compares it, and another plays all
golden events and notes which of their fields are read. `make test ARGS="--regenerate-events -k events_page"` writes it again.

- **Any API version.** Objects are first brought into the spelling of {API_VERSION}, whichever version the endpoint is of
  (`translate/older_spellings/`): the fields below are those of that version, and of two spellings of one fact the new one counts.
- **Of every event** are read: `id` (each is stored and applied once), `type`, `created` (which is newer, and when it happened, where the object does not
  say it), `account` (events of connected accounts are ignored), `livemode` (as the connection's key), `request.idempotency_key` (FlexSync's own calls),
  `data.object`, and of `data.previous_attributes` only whether the default payment method or a refund's status changed. Of every object: `id` and `object`.
- **All other events** are stored and `ignored` ("no handler for ..."), and answered with 200: anything else would make Stripe send them for days.
- **Metadata** comes here whole; the names under which FlexSync itself notes ids there are left out.
- **Absent is as null**, and empties the column, since an event holds the whole object; only what not every version has (`preferred_locales`), and what
  never changes (`currency` of a customer), stays.
- **Nothing is cut.** Texts have 5,000 characters, as Stripe's, where nothing else is said. What cannot be held here (a longer text, one with NUL, a
  country by its name, a locale that is none) stays Stripe's, and the column as it is: the mapping's `differences` and the row's page in the admin show both.
- An event that cannot be read is `dead` at once and names the field; one that waits says for what. Both can be replayed.
"""
REASONS = """## Why an event is ignored

What the handlers give as the reason, "..." for what differs. Besides, whichever the event: its switch is off ("... is off for this connection"); it has no
handler ("no handler for ..."); it is of another account ("The event is of the connected account ...", "The event is of the account ...");
"The connection was deleted."; and, of events that one worker takes together, "The newer event ... holds the whole object.".

| in | reason |
|---|---|
"""


def events_page(
    routes: Mapping[str, Route], aliases: Mapping[str, str], reasons: Iterable[tuple[str, str]]
) -> str:
    """The whole page. ``aliases``: routes by other names; ``reasons``: modules with reasons for ignoring."""
    other_names = {route: name for name, route in aliases.items()}
    sections = [_family(family, routes, other_names) for family in FAMILIES]
    rows = "".join(f"| `{module}` | {reason} |\n" for module, reason in reasons)
    return "\n".join([INTRODUCTION, *sections, REASONS + rows])


def _family(family: Family, routes: Mapping[str, Route], other_names: Mapping[str, str]) -> str:
    rows = []
    for event, effect in family.events.items():
        switch = routes[event].switch
        also = f" (or `{other_names[event]}`)" if event in other_names else ""
        rows.append(f"| `{event}`{also} | {effect} | {f'`{switch}`' if switch else 'see below'} |")
    head = f"## {family.title}\n\n| event | what it does | applied with |\n|---|---|---|\n"
    below = f"\nApplied with: {family.switch}.\n" if family.switch else ""
    return head + "\n".join(rows) + "\n" + below + "".join(_object(one) for one in family.objects)


def _object(fields: ObjectFields) -> str:
    rows = [*_rows(fields.read), *_rows(fields.older)]
    for reason, names in fields.left_out.items():
        named = ", ".join(f"`{name}`" for name in sorted(names.split()))
        rows.append(f"| {named} | *left out: {reason}* |")
    return f"\n### `{fields.name}`\n\n| field | here |\n|---|---|\n" + "\n".join(rows) + "\n"


def _rows(fields: Mapping[str, str]) -> Iterator[str]:
    return (f"| `{name}` | {meaning} |" for name, meaning in fields.items())
