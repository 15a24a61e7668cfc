"""Who wrote what into one field, and what each knew of the other's by then: kept without FlexSync's code."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from integrations.providers.stripe.tests.two_writers.histories.edits import (
    UNSEEN,
    Clash,
    Edit,
    Ending,
    Seconds,
    View,
    are_set_back,
    finish,
    last_of,
    undo,
)
from integrations.providers.stripe.tests.two_writers.histories.fields import UNHELD, Field
from integrations.providers.stripe.tests.two_writers.histories.winners import (
    ANYONE,
    NEWEST,
    OPEN,
    PROVIDER,
    endings,
    winners,
)


@dataclass(eq=False)
class FieldHistory:
    """One field of one object; ``owner``: whose value stays after a clash."""

    spec: Field
    owner: str
    here: list[Edit] = field(default_factory=list)
    there: list[Edit] = field(default_factory=list)
    # How many of Stripe's edits are known here, at least and at most, and of FlexSync's at Stripe.
    known_here: tuple[int, int] = (0, 0)
    known_there: int = 0
    # What Stripe shows, what of it FlexSync has learnt last, and what it may have learnt.
    shown: View = UNSEEN
    learnt: View = UNSEEN
    unsure: View = UNSEEN
    # What FlexSync has seen for sure, of which it cannot say yet when that was edited.
    waiting: View = UNSEEN
    # FlexSync's value by then, of which Stripe had so many edits: an edit back to it is none.
    agreed: Any = UNHELD
    agreed_there: int = 0
    clashes: list[Clash] = field(default_factory=list)
    # Edits there that a push has replaced unseen, each with FlexSync's edit that did; None for a push that
    # had only sent the field along.
    replaced: list[tuple[Edit | None, Edit]] = field(default_factory=list)
    # The number of the state of a call that FlexSync knows, by its repetition or event, to be carried out.
    told: int = 0
    # Edits there that brought back what FlexSync knew, and so were none to it: between which two views.
    unnoticed: tuple[View, View, list[Edit]] | None = None
    # What a call without an answer sets, FlexSync's value when it began, and how many edits there were here.
    sending: tuple[Any, Any, int] | None = None
    _pushed: int = 0
    # What FlexSync's calls have made: the value, and how many edits there were at Stripe; by state's number.
    _made: dict[int, tuple[Any, int]] = field(default_factory=dict)
    # Why nothing definite can be said of the field, "" as a rule.
    unclear: str = ""

    def see_here(self, value: Any) -> None:
        """A person sees FlexSync's value: it may show that what was unsure has been learnt."""
        known = (self.agreed, *(edit.value for edit in self.here[-1:]))
        if value == self.spec.held(self.unsure.value) and value not in known:
            self.learn(self.unsure)

    def edit_here(self, value: Any, at: Seconds) -> None:
        """FlexSync's value was changed; back to what Stripe knows, as if nothing had been, unless it met."""
        self.here.append(Edit(value, at, self.known_here))
        is_told_since = self.known_there > self.agreed_there
        known = self.here[self.known_there - 1].value if is_told_since else self.agreed
        if value == known and self.waiting.number <= self.learnt.number:
            undo([edit for edit in self.here[self.known_there :] if not edit.is_open])
            # It is none, but its time may be taken for that of the edit that it brings back.
            for edit in self.here[: self.known_there][-1:]:
                edit.at = (edit.at[0], at[1])

    def touch_here(self, at: Seconds) -> None:
        """FlexSync's value was set along with another field."""
        for edit in self.here[-1:]:
            edit.at = (edit.at[0], at[1])

    def edit_there(self, value: Any, at: Seconds) -> None:
        """Stripe's value was changed by a person."""
        self.there.append(Edit(value, at, (self.known_there, self.known_there)))
        self.shown = View(value, self.shown.number + 1, len(self.there))

    def send(self, value: Any, current: Any) -> None:
        """A call begins that sets the ``value``; ``current``: FlexSync's by then."""
        self.sending = (value, current, len(self.here))

    def push(self, value: Any, current: Any, known: int, made: int, over: int = 0) -> None:
        """A call gave Stripe the ``value``, or sent it along. ``current``: FlexSync's when the call began;
        ``known``, ``made``: how many of Stripe's edits were known by then, how many of FlexSync's there were,
        ``over``: how many of these counted no more.
        """
        carried = self._carried(value, current, made)
        before, is_hiding = self.shown.value, self.shown.count < len(self.there)
        # What an earlier call has covered cannot be replaced by this one.
        unseen = [] if is_hiding else [edit for edit in self.there[known:] if not edit.is_undone]
        is_back = before == self.learnt.value and self._pushed <= self.learnt.number
        if unseen and is_back and self.learnt.count <= known:
            undo(unseen)
            unseen = []
        if unseen and before in self._known_values(known):
            self.unclear = "whether the call has replaced what it knew, or the same value set anew"
        told = [edit for edit in self.here[max(over, self.known_there) : carried] if not edit.is_undone]
        self.known_there = max(self.known_there, carried)
        if unseen and self.known_here[0] <= known:
            # Both sides had the same in between, which a person there has changed again.
            undo([edit for edit in unseen[:-1] if edit.value == value])
        if unseen and value == before:
            # What came to FlexSync during the call has met its edits already.
            undo(unseen if self.known_here[0] <= known else [])
            unseen = []
        if unseen:
            self.replaced.append((told[-1] if told else None, unseen[-1]))
        count = self.shown.count if is_hiding else known if unseen else len(self.there)
        self.shown = View(value, self.shown.number + 1, count)
        self._pushed = self.shown.number
        self._made[self._pushed] = (value, len(self.there))

    def _known_values(self, known: int) -> list[Any]:
        """What Stripe may have had, as far as FlexSync knew, when it knew so many of Stripe's edits."""
        there = [edit.value for edit in self.there[:known][-1:]]
        return there + [self.spec.spelled(edit.value) for edit in self.here[: self.known_there][-1:]]

    def confirm(self) -> None:
        """FlexSync has heard that its latest call was carried out before."""
        self.tell(self._pushed)

    def tell(self, number: int) -> None:
        """FlexSync has heard that its call was carried out that made the state with that ``number``.

        Edits there since that brought back what had been before were edits then, and nobody here knew them.
        """
        self.told = max(self.told, number)
        before, after, edits = self.unnoticed or (self.learnt, self.learnt, [])
        if before.number < number < after.number and self.learnt.count == after.count:
            first = self.there.index(edits[0])
            # A later call has replaced them where that was learnt since.
            self.learnt = before if self.learnt.number == after.number else self.learnt
            self.known_here, self.unnoticed = (first, self.known_here[1]), None
            for edit in edits:
                edit.is_undone = False
            for edit in self.here:
                edit.knew = (min(first, edit.knew[0]), min(first, edit.knew[1]))

    def _carried(self, value: Any, current: Any, made: int) -> int:
        """How many of FlexSync's edits the call has told Stripe."""
        if self.spec.spelled(current) == value:
            for edit in self.here[made:]:
                edit.is_undone = False
            return made
        same = [i for i, edit in enumerate(self.here) if self.spec.spelled(edit.value) == value]
        if not same:
            return 0
        for edit in self.here[self.known_there :]:
            edit.is_undone = False
        return same[-1] + 1

    def learn(self, view: View, *, is_sure: bool = True, waits: bool = False) -> None:
        """FlexSync has seen what Stripe showed; ``waits``: it cannot say yet when that was edited."""
        if view.number <= self.learnt.number:
            return
        least, most = self.known_here
        if waits or not is_sure:
            self.known_here, self.unsure = (least, max(most, view.count)), view
            self.waiting = view if is_sure else self.waiting
            return
        before, self.learnt = self.learnt, view
        self.known_here = (max(least, view.count), max(most, view.count))
        news = [edit for edit in self.there[least : view.count] if not edit.is_undone]
        if not news:
            self._agree(view.value)
            return
        known, first = self._known_before(before, view)
        if self.sending and view.value == self.sending[0]:
            self._cover(news, *self.sending)
        elif before.number and view.value == known:
            back = [edit for edit in news if self.there.index(edit) >= first]
            undo(back)
            self.unnoticed = (before, view, back) if back == news else None
        else:
            self._meet(news[-1])

    def _cover(self, edits: list[Edit], value: Any, current: Any, made: int) -> None:
        """What a call without an answer sets is seen at Stripe: it is the call's, whoever has set it, too."""
        undo(edits)
        if [self.spec.spelled(edit.value) for edit in self.here[-1:]] == [value]:
            self.known_there = len(self.here)
        elif made > self.known_there:
            self.known_there = max(self.known_there, self._carried(value, current, made))
        self._agree(value)

    def _known_before(self, before: View, view: View) -> tuple[Any, int]:
        """The value that FlexSync knew of before it saw ``view``, and of how many edits there it knew since.

        That of its own call, where it has heard that this was carried out in between. None where it has seen
        another in between that still waits: all that was edited there since counts.
        """
        if max(before.number, self.told) < self.waiting.number < view.number:
            return UNHELD, 0
        if before.number < self.told < view.number:
            return self._made.get(self.told, (UNHELD, 0))
        return before.value, 0

    def may_clash(self, view: View) -> bool:
        """Whether Stripe shows something new, and lacks FlexSync's last edit, which is another value."""
        waits = any(not edit.is_over and not edit.is_undone for edit in self.here[self.known_there :])
        held = self.spec.held(view.value)
        known = (self.learnt.value, *(self.sending or ())[:1])
        return waits and view.value not in known and self.here[-1].value != held

    def _agree(self, value: Any) -> None:
        """Both sides have this value of Stripe's by now, as far as it can be held here."""
        held, self.agreed_there = self.spec.held(value), self.known_there
        if held is not UNHELD:
            self.agreed = held
        elif self.here:
            self.agreed = self.here[-1].value

    def _meet(self, theirs: Edit) -> None:
        """An edit of Stripe's comes to FlexSync's last one."""
        ours = last_of(self.here)
        self._agree(theirs.value)
        if ours is None or self._knows(theirs, ours) or self._knows(ours, theirs):
            return
        if self.spec.held(theirs.value) == ours.value:
            finish(self.here[: self.here.index(ours) + 1])
            return
        may_win = winners(self.owner, self.spec, ours, theirs)
        if len(may_win) > 1 or ours.knew[1] > self._index(theirs) or (ours.is_open and may_win == {OPEN}):
            self.unclear = "whether the two edits met, or which was the later"
        if self.owner == NEWEST and any(
            edit.value == theirs.value and edit.at != theirs.at for edit in self.there
        ):
            self.unclear = "which of the edits to this value FlexSync has heard of"
        if not ours.is_open:
            self.clashes.append(Clash(ours, theirs, may_win))
        if may_win == {PROVIDER}:
            finish(self.here[: self.here.index(ours) + 1])
        elif may_win == {OPEN}:
            ours.is_open, self.agreed = True, ours.value
        else:
            self.agreed = self.spec.held(theirs.value)

    def reveal(self, count: int, *, is_timed: bool) -> None:
        """FlexSync has seen which of Stripe's first ``count`` edits its own calls have replaced.

        ``is_timed``: the events have come that tell the times of those.
        """
        revealed = [one for one in self.replaced if self.there.index(one[1]) < count]
        self.replaced = [one for one in self.replaced if one not in revealed]
        for ours, theirs in revealed:
            latest, known = last_of(self.here), self.there.index(theirs) + 1
            self.known_here = (max(self.known_here[0], known), max(self.known_here[1], known))
            if are_set_back(self.there[known:], [value for value, _ in self._made.values()]):
                self.unclear = "whether they set it back after the call, or before it"
            if theirs is self.there[-1] and latest is not None and not self._knows(latest, theirs):
                before = self.agreed, self.agreed_there
                self._meet(theirs)
                if not (latest.is_over or latest.is_open):
                    self.agreed, self.agreed_there = before
                self.unclear = self.unclear or ("" if is_timed else "when it was edited there")
            elif ours is not None:
                # Unless FlexSync has got the same value by a later edit of its own.
                later = self.here[self.here.index(ours) + 1 :]
                if all(edit.value != self.spec.held(theirs.value) for edit in later):
                    self.clashes.append(Clash(ours, theirs, ANYONE))

    def endings(self) -> Iterator[Ending]:
        """With which values the field may end."""
        ours, theirs = last_of(self.here), last_of(self.there)
        if ours and theirs and self._knows(ours, theirs):
            theirs = None
        elif ours and theirs and self._knows(theirs, ours):
            ours = None
        return endings(self.owner, self.spec, ours, theirs)

    def may_have_met(self, ours: Any, theirs: Any) -> bool:
        """Whether two edits with these values, as Stripe spells them, can have missed each other."""
        return any(
            not self._knows(edit, other) and not self._knows(other, edit)
            for edit in self.here
            for other in self.there
            if self.spec.spelled(edit.value) == ours and other.value == theirs
        )

    def _knows(self, edit: Edit, other: Edit) -> bool:
        return edit.knew[0] > self._index(other)

    def _index(self, edit: Edit) -> int:
        return self.here.index(edit) if edit in self.here else self.there.index(edit)
