"""``manage.py replay_events``: what it prints, and the code it ends with."""

import pytest
from django.core.management import CommandError, call_command

from billing.models import Customer
from integrations.inbox import processing, replays
from integrations.models import InboundEvent
from integrations.testing import receive
from integrations.tests.test_commands import run
from integrations.tests.test_inbox import event
from integrations.tests.test_replaying import connection, stored

__all__ = ["connection"]


def replay_events(*arguments):
    return run(*arguments, name="replay_events")


def states():
    return dict(InboundEvent.objects.values_list("provider_event_id", "state"))


class TestReplayEvents:
    def test_takes_ids(self, connection):
        row, _other = receive(connection, event(1)), receive(connection, event(2))
        code, printed = replay_events(row.pk, row.pk)
        assert (code, printed.splitlines()[-1]) == (0, "1 queued to be applied again.")
        assert states() == {"evt_1": "pending", "evt_2": "applied"}

    def test_takes_filters(self, connection):
        receive(connection, event(1, trouble="rejected"))
        receive(connection, event(2))
        options = ["--state", "dead", "--type", "person.changed", "--object", "peo_9"]
        code, printed = replay_events(*options, "--connection", connection.id)
        assert (code, printed.splitlines()[-1]) == (0, "1 queued to be applied again.")
        assert states() == {"evt_1": "pending", "evt_2": "applied"}

    def test_takes_time_ranges(self, connection):
        receive(connection, event(1))
        for since, until, count in (
            ("2026-01-01", "2026-01-02", 1),
            ("2026-01-01T12:00:01Z", "2027-01-01", 0),
        ):
            printed = replay_events("--created-since", since, "--created-until", until)[1]
            assert printed.splitlines()[-1] == f"{count} queued to be applied again."
        assert "0 queued" in replay_events("--until", "2026-01-01")[1]
        assert "1 queued" in replay_events("--since", "2026-01-01 00:00")[1]

    def test_keeps_what_is_replayed_when_interrupted(self, connection, monkeypatch):
        monkeypatch.setattr(replays, "BATCH", 1)
        for number in range(3):
            receive(connection, event(number, trouble="rejected"))
        really, calls = processing.replay, []

        def interrupted(ids, now):
            calls.append(ids)
            if len(calls) == 3:
                raise KeyboardInterrupt
            return really(ids, now)

        monkeypatch.setattr(processing, "replay", interrupted)
        code, printed = replay_events("--state", "dead")
        assert code == 130
        assert "2 of 3 are queued to be applied again, the rest is unchanged." in printed
        assert sorted(states().values()) == ["dead", "pending", "pending"]

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ([], "Say which events"),
            (["--dry-run"], "Say which events"),
            (["evt_unknown"], "There is no event evt_unknown."),
        ],
    )
    def test_refuses_wrong_use(self, db, arguments, message):
        code, printed = replay_events(*arguments)
        assert (code, message in printed) == (2, True)

    @pytest.mark.parametrize("wrong", [["--since", "monday"], ["--since", "2026-13-01"], ["--state", "lost"]])
    def test_refuses_values_that_are_no_time_or_state(self, wrong):
        with pytest.raises(CommandError, match="invalid choice|is not a date"):
            call_command("replay_events", *wrong)

    def test_says_that_a_pruned_event_cannot_be_replayed(self, connection):
        row = receive(connection, event())
        InboundEvent.objects.update(payload={}, pruned_at=row.received_at)
        code, printed = replay_events(row.pk)
        assert (code, "1 cannot be replayed, because their payloads were deleted" in printed) == (1, True)


class TestTheDryRun:
    def test_shows_the_difference_and_changes_nothing(self, connection):
        receive(connection, event(1, "Grace"))
        customer = Customer.objects.get()
        [row] = stored(connection, event(2, "Ada"))
        code, printed = replay_events("--state", "pending", "--dry-run")
        assert (code, printed.splitlines()) == (
            0,
            [
                f"{row.pk} person.changed evt_2 applied",
                f"  customer {customer.pk}: name 'Grace' -> 'Ada'",
                "1 applied.",
                "1 would be replayed.",
            ],
        )
        customer.refresh_from_db()
        assert (customer.name, states()["evt_2"]) == ("Grace", "pending")

    def test_ends_with_1_when_something_would_not_be_applied(self, connection):
        receive(connection, event(1, trouble="rejected"))
        receive(connection, event(2, type="moon.risen"))
        code, printed = replay_events("--connection", connection.id, "--dry-run")
        assert (code, "1 dead, 1 ignored." in printed, "1 of 2 would not be applied." in printed) == (
            1,
            True,
            True,
        )

    def test_says_when_it_shows_only_some(self, connection, monkeypatch):
        monkeypatch.setattr(replays, "MAX_PREVIEWED", 1)
        stored(connection, event(1), event(2))
        printed = replay_events("--state", "pending", "--dry-run")[1]
        assert "2 would be replayed." in printed
        assert "Only the first 1 are shown." in printed
