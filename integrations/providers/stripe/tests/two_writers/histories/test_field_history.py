"""The model says what has to be: tested by itself, without FlexSync."""

import pytest

from integrations.providers.stripe.tests.two_writers.histories.edits import UNSEEN, Ending
from integrations.providers.stripe.tests.two_writers.histories.field_history import FieldHistory
from integrations.providers.stripe.tests.two_writers.histories.fields import Field
from integrations.providers.stripe.tests.two_writers.histories.winners import NEWEST, PROVIDER

NOW = (0, 0)


@pytest.fixture
def field():
    """A key of metadata that was added at Stripe, and that both sides have by now."""
    found = FieldHistory(Field("metadata.size", (), ()), owner=PROVIDER)
    found.edit_here(None, NOW)
    found.push(None, None, known=0, made=1)
    found.edit_there("large", NOW)
    found.learn(found.shown)
    return found


def removed_on_both_sides(field):
    """Where the edit at Stripe was the last one, which FlexSync's call then repeats."""
    field.edit_here(None, NOW)
    field.edit_there(None, NOW)


class TestACallThatSetsWhatStripeHasAlready:
    def test_leaves_an_edit_that_came_to_flexsync_while_it_was_made(self, field):
        removed_on_both_sides(field)
        field.learn(field.shown)
        field.push(None, None, known=1, made=2)
        assert list(field.endings()) == [Ending(None, None)]

    def test_covers_an_edit_that_flexsync_has_not_seen(self, field):
        removed_on_both_sides(field)
        field.push(None, None, known=1, made=2)
        assert field.there[-1].is_undone
        assert list(field.endings()) == [Ending(None, None)]

    def test_leaves_nothing_of_such_an_edit_to_be_replaced_by_a_later_call(self, field):
        removed_on_both_sides(field)
        field.push(None, None, known=1, made=2)
        field.edit_here("small", NOW)
        field.push("small", "small", known=1, made=3)
        assert field.replaced == []
        assert list(field.endings()) == [Ending("small", "small")]


@pytest.fixture
def set_back():
    """A person at Stripe has set back what a call without an answer had set, and FlexSync has seen that."""
    history = FieldHistory(Field("lookup_key", (), ()), PROVIDER)
    history.edit_here("", NOW)
    history.push("", "", known=0, made=1)
    history.learn(history.shown)
    history.edit_here("ours", NOW)
    history.push("ours", "ours", known=0, made=2)
    history.edit_there("", NOW)
    history.learn(history.shown)
    return history


class TestAnEditThatSetsBackWhatACallWithoutAnAnswerHadSet:
    def test_counts_as_none_where_it_shows_what_was_known(self, set_back):
        assert list(set_back.endings()) == [Ending("ours", "ours")]

    def test_counts_once_the_call_is_known_to_be_carried_out(self, set_back):
        set_back.confirm()
        set_back.learn(set_back.shown)
        assert list(set_back.endings()) == [Ending("", "")] and set_back.clashes == []

    def test_is_missed_by_an_edit_here_before_that_is_known(self, set_back):
        set_back.edit_here("ours later", NOW)
        set_back.confirm()
        set_back.learn(set_back.shown)
        assert list(set_back.endings()) == [Ending("", "")] and set_back.unclear == ""
        assert [(one.ours.value, one.theirs.value) for one in set_back.clashes] == [("ours later", "")]

    def test_counts_also_where_a_later_call_has_replaced_it_by_then(self, set_back):
        number = set_back.shown.number - 1
        set_back.push("ours", "ours", known=1, made=2)
        set_back.learn(set_back.shown)
        assert list(set_back.endings()) == [Ending("ours", "ours")]
        set_back.tell(number)
        assert list(set_back.endings()) == [Ending("", "")]

    def test_is_not_told_by_another_call(self, set_back):
        set_back.tell(set_back.learnt.number - 2)
        set_back.tell(set_back.learnt.number + 1)
        set_back.learn(set_back.shown)
        assert list(set_back.endings()) == [Ending("ours", "ours")]


@pytest.fixture
def sent_along():
    """Both sides had set the same; then a call for another field sends it along, over an edit at Stripe."""
    history = FieldHistory(Field("address.line1", (), ()), PROVIDER)
    for value in ("First Street", ""):
        history.edit_there(value, NOW)
        history.edit_here(value, NOW)
        history.learn(history.shown)
    history.edit_there("Second Street", NOW)
    return history


class TestWhatACallHasReplaced:
    def test_goes_back_where_the_call_had_only_sent_along_what_both_had(self, sent_along):
        sent_along.push("", "", known=2, made=2, over=2)
        sent_along.reveal(3, is_timed=True)
        assert list(sent_along.endings()) == [Ending("Second Street", "Second Street")]
        assert sent_along.clashes == []

    def test_is_a_conflict_where_both_had_it_only_since_the_call_began(self, sent_along):
        sent_along.push("", "", known=1, made=2, over=1)
        assert [(ours.value, theirs.value) for ours, theirs in sent_along.replaced] == [("", "Second Street")]

    def test_may_be_over_where_persons_set_it_back_within_one_second(self, sent_along):
        sent_along.push("", "", known=2, made=2, over=2)
        sent_along.learn(sent_along.shown)
        for value in ("Third Street", ""):
            sent_along.edit_there(value, NOW)
        sent_along.learn(sent_along.shown)
        sent_along.reveal(3, is_timed=True)
        assert sent_along.unclear

    def test_was_over_by_then_where_a_person_has_changed_again_what_the_call_sets(self, field):
        field.edit_here(None, NOW)
        field.edit_there(None, NOW)
        field.edit_there("huge", NOW)
        field.push(None, None, known=1, made=2)
        assert [edit.is_undone for edit in field.there] == [False, True, False]
        assert [theirs.value for _ours, theirs in field.replaced] == ["huge"]

    def test_may_have_been_set_anew_where_it_is_what_flexsync_had_set_before(self):
        history = FieldHistory(Field("active", (), ()), PROVIDER)
        history.edit_here(True, NOW)
        history.push(True, True, known=0, made=1)
        history.learn(history.shown)
        history.edit_here(False, NOW)
        history.edit_there(False, NOW)
        seen = history.shown
        history.edit_there(True, NOW)
        history.learn(seen)
        history.push(False, False, known=0, made=2)
        assert history.unclear


@pytest.fixture
def unanswered(field):
    """A call that removes the key has no answer; a person here has changed it again."""
    field.edit_here(None, NOW)
    field.send(None, None)
    field.edit_here("small", NOW)
    return field


class TestWhatACallWithoutAnAnswerSets:
    def test_is_taken_for_the_calls_where_a_person_there_has_set_it_too(self, unanswered):
        unanswered.edit_there(None, NOW)
        unanswered.learn(unanswered.shown)
        assert list(unanswered.endings()) == [Ending("small", "small")] and unanswered.clashes == []

    def test_is_so_where_it_was_set_back_after_the_call(self, unanswered):
        unanswered.push(None, "small", known=1, made=3)
        unanswered.edit_there("huge", NOW)
        unanswered.edit_there(None, NOW)
        unanswered.learn(unanswered.shown)
        assert list(unanswered.endings()) == [Ending("small", "small")] and unanswered.clashes == []

    def test_is_known_there_by_who_changes_it_again(self, unanswered):
        unanswered.edit_there(None, NOW)
        unanswered.edit_here(None, NOW)
        unanswered.learn(unanswered.shown)
        unanswered.edit_there("huge", NOW)
        unanswered.learn(unanswered.shown)
        assert list(unanswered.endings()) == [Ending("huge", "huge")] and unanswered.clashes == []

    def test_is_not_waited_for_as_if_it_clashed(self, unanswered):
        unanswered.edit_there(None, NOW)
        assert not unanswered.may_clash(unanswered.shown)
        unanswered.edit_there("huge", NOW)
        assert unanswered.may_clash(unanswered.shown)

    def test_meets_what_was_changed_here_once_the_call_is_settled(self, unanswered):
        unanswered.sending = None
        unanswered.edit_there(None, NOW)
        unanswered.learn(unanswered.shown)
        assert [(one.ours.value, one.theirs.value) for one in unanswered.clashes] == [("small", None)]


class TestAnAnswerDuringWhichEventsWereApplied:
    def test_counts_once_a_person_has_seen_here_what_it_shows(self):
        history = FieldHistory(Field("address.line1", (), ()), PROVIDER)
        history.edit_here("", NOW)
        history.push("", "", known=0, made=1)
        history.learn(history.shown)
        history.edit_there("There Street", NOW)
        history.learn(history.shown, is_sure=False)
        history.see_here("")
        assert history.known_here == (0, 1)
        history.see_here("There Street")
        history.edit_here("", NOW)
        assert list(history.endings()) == [Ending("", "")]

    def test_is_none_where_it_brings_back_what_that_call_had_set(self, set_back):
        set_back.edit_there("theirs", NOW)
        set_back.edit_there("ours", NOW)
        set_back.edit_here("ours later", NOW)
        set_back.confirm()
        set_back.learn(set_back.shown)
        assert list(set_back.endings()) == [Ending("ours later", "ours later")] and set_back.clashes == []


class TestAConflictThatWaitsForTheTimeThere:
    """A look has shown it before the event came."""

    @pytest.fixture
    def waiting(self):
        history = FieldHistory(Field("description", (), ()), owner=NEWEST)
        history.edit_here("before", NOW)
        history.push("before", "before", known=0, made=1)
        history.learn(history.shown)
        history.edit_here("ours", NOW)
        history.edit_there("theirs", (60, 60))
        history.learn(history.shown, waits=True)
        return history

    def test_is_with_the_last_edit_there_also_if_that_sets_it_back(self, waiting):
        waiting.edit_there("before", (90, 90))
        waiting.learn(waiting.shown)
        assert list(waiting.endings()) == [Ending("before", "before")]
        assert [(one.ours.value, one.theirs.value) for one in waiting.clashes] == [("ours", "before")]

    def test_is_with_the_last_edit_here_also_if_that_sets_it_back(self, waiting):
        waiting.edit_here("before", (90, 90))
        waiting.learn(waiting.shown)
        assert list(waiting.endings()) == [Ending("before", "before")]

    def test_was_none_where_the_edit_there_was_set_back_before_it_was_seen(self, waiting):
        waiting.waiting = UNSEEN
        waiting.edit_there("before", (90, 90))
        waiting.learn(waiting.shown)
        assert list(waiting.endings()) == [Ending("ours", "ours")] and waiting.clashes == []


class TestAnEditBackToWhatStripeKnows:
    @pytest.fixture
    def tied(self):
        """Both sides were edited in one second; FlexSync's call has replaced the other edit unseen."""
        history = FieldHistory(Field("description", (), ()), owner=NEWEST)
        history.edit_here("ours", NOW)
        history.edit_there("theirs", NOW)
        history.push("ours", "ours", known=0, made=1)
        history.learn(history.shown)
        return history

    def test_leaves_a_tie_open(self, tied):
        tied.reveal(1, is_timed=True)
        assert all(ending.is_open for ending in tied.endings())

    def test_may_make_the_edit_that_it_brings_back_the_newest(self, tied):
        tied.edit_here("other", (60, 60))
        tied.edit_here("ours", (60, 60))
        tied.reveal(1, is_timed=True)
        assert Ending("ours", "ours") in list(tied.endings())
