"""How the tables say what each event does, and what is read of its object."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class ObjectFields:
    """What is read of one of Stripe's objects, by its name in the field ``object``.

    ``read``: what each field becomes here, those inside a hash as "address.city". ``left_out``: all others
    of the pinned version, by the reason, separated by spaces. What only older versions send is in ``older``.
    """

    name: str
    read: Mapping[str, str]
    left_out: Mapping[str, str] = field(default_factory=dict)
    older: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Family:
    """Events that belong together: what each of them does, and the objects that they carry.

    ``switch``: which events are applied, where the table of routes names no switch.
    """

    title: str
    events: Mapping[str, str]
    objects: tuple[ObjectFields, ...]
    switch: str = ""
