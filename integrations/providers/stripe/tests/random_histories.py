"""Plays random histories: how many, how long, and from which seed, alike for all that try them."""

from typing import Any

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import RuleBasedStateMachine, get_state_machine_test


def play(
    history: type[RuleBasedStateMachine], *, examples: int, length: int, seed_of: str, shrinks: bool = True
) -> None:
    """Plays ``examples`` histories of ``length`` acts; raises what one of them raises.

    ``seed_of``: with one seed for all, the parts of a test would try the same histories. ``shrinks``: whether
    a failing one is made shorter.
    """
    more: dict[str, Any] = {} if shrinks else {"phases": [Phase.generate]}
    histories = get_state_machine_test(
        history,
        settings=settings(
            max_examples=examples,
            stateful_step_count=length,
            deadline=None,
            print_blob=True,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
            **more,
        ),
        # Otherwise every third would end after its first act.
        _min_steps=length - 1,
    )
    seed(seed_of)(histories)()
