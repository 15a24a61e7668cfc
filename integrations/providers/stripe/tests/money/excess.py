"""Refunds what was paid too much, as an operator does, and looks whether both sides agree then."""

from integrations.providers.stripe.tests.money import agreement, conservation
from integrations.providers.stripe.tests.money.world import World


def refund(world: World) -> list[str]:
    """What is wrong after the refunds; [] when there was no excess, too."""
    overpaid = [invoice for invoice in world.all_invoices() if agreement.excess(invoice)]
    for invoice in overpaid:
        path = f"invoices/{invoice.pk}/refund_duplicate"
        world.post(path)
        # What no gateway holds, the operator gives back by hand.
        if agreement.excess(invoice):
            world.post(path, out_of_band=True)
    if not overpaid:
        return []
    world.settle()
    left = [
        f"{agreement.excess(invoice)} are still too much" for invoice in overpaid if agreement.excess(invoice)
    ]
    wrong = [*left, *world.failures(), *agreement.disagreements(world), *conservation.losses(world)]
    return [f"after the refund: {what}" for what in wrong]
