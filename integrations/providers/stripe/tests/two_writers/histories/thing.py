"""One object that both persons edit, with the histories of its fields."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from integrations.providers.stripe.tests.two_writers.histories.edits import Seconds, View
from integrations.providers.stripe.tests.two_writers.histories.field_history import FieldHistory
from integrations.providers.stripe.tests.two_writers.histories.fields import INSIDE, Field, Values
from integrations.providers.stripe.tests.two_writers.histories.kind import EditedKind, is_mark

Views = Mapping[str, View]


@dataclass(eq=False)
class Thing:
    """``entity_id``, ``stripe_id``: its ids, "" where it is not yet."""

    of: EditedKind
    owner: str
    entity_id: str = ""
    stripe_id: str = ""
    fields: dict[str, FieldHistory] = field(default_factory=dict)
    # The key of its call that has no answer, "" for none.
    key: str = ""

    def __post_init__(self) -> None:
        for spec in self.of.fields:
            self.fields[spec.name] = FieldHistory(spec, self.owner)

    def history(self, name: str) -> FieldHistory:
        """The history of the field, which may be a key of metadata that nobody has had before."""
        if name not in self.fields:
            self.fields[name] = FieldHistory(Field(name, (), ()), self.owner)
        return self.fields[name]

    def seen_here(self, found: Values) -> None:
        """A person looks at FlexSync's values."""
        for name, one in self.fields.items():
            if name in found:
                one.see_here(found[name])

    def edited_here(self, values: Values, at: Seconds) -> None:
        """A person has changed these fields here."""
        for name, value in values.items():
            self.history(name).edit_here(value, at)
        for name in self.of.set_with(values):
            self.history(name).touch_here(at)

    def edited_there(self, values: Values, at: Seconds) -> None:
        """A person has changed these fields at Stripe."""
        for name, value in values.items():
            self.history(name).edit_there(value, at)

    def among(self, sent: Values) -> dict[str, Any]:
        """Its fields among what a call has set."""
        return {
            name: value
            for name, value in sent.items()
            if name in self.fields or (name.startswith(INSIDE) and not is_mark(name.removeprefix(INSIDE)))
        }

    def send(self, key: str, sent: Values, before: Values) -> None:
        """A call under that key begins to set these fields; ``before``: what FlexSync had."""
        if key != self.key:
            self.settle()
            self.key = key
            for name, value in self.among(sent).items():
                nothing = None if name.startswith(INSIDE) else value
                self.history(name).send(value or nothing, before.get(name))

    def settle(self) -> None:
        """Its call was answered, or is given up."""
        self.key = ""
        self._forget()

    def _forget(self) -> None:
        for one in self.fields.values():
            one.sending = None

    def pushed(
        self,
        sent: Values,
        found: Values,
        before: Values,
        known: Mapping[str, int],
        made: Mapping[str, int],
        over: Mapping[str, int],
    ) -> list[str]:
        """A call of FlexSync's was carried out; returns the fields that it changed or sent along.

        ``sent``: what it set; ``found``: what Stripe has since; ``before``: what FlexSync had when it began;
        ``known``, ``made``: how many of Stripe's edits of each field were known by then, and how many of
        FlexSync's there were; ``over``: how many of these counted no more.
        """
        names = [
            name for name in {**self.fields, **sent, **found} if name in self.fields or "metadata." in name
        ]
        changed = [
            name for name in names if name in sent or self.history(name).shown.value != found.get(name)
        ]
        for name in changed:
            one = self.history(name)
            made_before = made.get(name, len(one.here))
            one.push(found.get(name), before.get(name), known.get(name, 0), made_before, over.get(name, 0))
        return changed

    def confirm(self) -> None:
        """FlexSync has heard that its latest call was carried out before."""
        for one in self.fields.values():
            one.confirm()

    def told(self, names: Collection[str], views: Views, key: str) -> None:
        """FlexSync has seen the event of its call that gave Stripe these fields: it was carried out."""
        for name in names:
            self.fields[name].tell(views[name].number)
        if key == self.key:
            self._forget()

    def views(self) -> Views:
        """What Stripe shows by now."""
        return {name: one.shown for name, one in self.fields.items()}

    def known(self) -> dict[str, int]:
        """How many of Stripe's edits of each field are known here for sure."""
        return {name: one.known_here[0] for name, one in self.fields.items()}

    def made(self) -> dict[str, int]:
        """How many edits of each field there were here."""
        return {name: len(one.here) for name, one in self.fields.items()}

    def over(self) -> dict[str, int]:
        """How many edits of each field here counted no more."""
        return {name: sum(edit.is_over for edit in one.here) for name, one in self.fields.items()}

    def learnt(self, views: Views, *, is_sure: bool) -> None:
        """FlexSync has seen what Stripe showed."""
        for name, view in views.items():
            self.fields[name].learn(view, is_sure=is_sure)

    def revealed(self, counts: Mapping[str, int], timed: Collection[str]) -> None:
        """FlexSync has seen what its own call replaced; of the ``timed`` fields it knew when that was set."""
        for name, count in counts.items():
            self.fields[name].reveal(count, is_timed=name in timed)

    def here(self) -> dict[str, Any]:
        """FlexSync's values."""
        return self.of.here(self.entity_id) if self.entity_id else {}
