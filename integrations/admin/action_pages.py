"""Buttons that open a page of their own, for those who may change the row."""

from collections.abc import Callable
from typing import Any

from unfold.decorators import action
from unfold.enums import ActionVariant

from integrations.models import EntityMapping


def is_linked(mapping: EntityMapping) -> bool:
    """Returns whether the object is of a row."""
    return bool(mapping.entity_id)


def on_page(
    label: str,
    icon: str,
    variant: ActionVariant = ActionVariant.DEFAULT,
    offered: Callable[[Any], bool] = is_linked,
) -> Callable[[Any], Any]:
    """Makes a page of the view, and the button that opens it where it is ``offered``."""

    def decorate(view: Any) -> Any:
        made = action(
            view,
            description=label,
            icon=icon,
            permissions=["operate"],
            url_path=view.__name__,
            variant=variant,
        )
        made.offered = offered
        return made

    return decorate
