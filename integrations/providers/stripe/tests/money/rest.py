"""Everything comes to rest; then nothing may be owed, paid or shown differently on the two sides."""

from integrations.providers.stripe.tests.money import agreement, conservation, excess
from integrations.providers.stripe.tests.money.asks import Watch
from integrations.providers.stripe.tests.money.moving_clock import FIVE_DAYS, HOUR
from integrations.providers.stripe.tests.money.world import LOST, World


def come_to_rest(world: World, watch: Watch) -> None:
    """Lets deliveries end, and refunds what was paid too much; raises AssertionError for what is wrong."""
    world.simulator.faults.clear()
    world.resume()
    world.tell("two hours pass")
    world.clock.wait(2 * HOUR)
    wrong = look(world) if world.webhooks == LOST else []
    for account in world.accounts:
        account.replay()
    world.settle()
    if world.open_syncs() or world.open_events():
        world.tell("five days pass: bank debits end")
        world.clock.wait(FIVE_DAYS)
        world.settle()
    wrong += [*watch.violations, *world.failures(), *agreement.disagreements(world)]
    wrong += conservation.losses(world)
    wrong = wrong or excess.refund(world)
    if wrong:
        raise AssertionError("\n".join(wrong))


def look(world: World) -> list[str]:
    """Lets FlexSync look while all webhooks stay lost: what remains must be the same on both sides."""
    for account in world.accounts:
        account.lose()
    world.tell("FlexSync looks")
    for one in world.everyone:
        _look_at_all(one)
    world.after_an_act()
    world.tell("lost webhooks are sent again")
    return [f"after a look: {what}" for what in agreement.disagreements(world)]


def _look_at_all(world: World) -> None:
    for account in world.accounts:
        world.asks_at = account
        world.ask("charge")
        # Nobody asks for the money of one that was given up: the operator syncs it.
        if world.owed.status == "uncollectible":
            world.post(f"invoices/{world.owed.pk}/sync/stripe?connection_id={account.connection.pk}")
