"""Entities put together out of plain rows, for what nearly every page begins with.

Reading an entity costs SQLAlchemy several times what its statement costs the driver. Here the values come from
`foundation.asking`, and the session is given the entity as if it had read it: what was not asked for is read where
somebody looks at it, a change is noticed and written, and an entity that the session holds already is left as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import inspect
from sqlalchemy.orm import Session, make_transient_to_detached
from sqlalchemy.orm.attributes import InstrumentedAttribute, set_committed_value

Entity = TypeVar("Entity")


class Parts:
    """The columns of an entity that a statement asks for, its `id` first, and how they become one."""

    def __init__(self, kind: type[Any], *columns: InstrumentedAttribute[Any]) -> None:
        """`columns`: what is shown; none: all there are."""
        self.mapper = inspect(kind)
        every = [one.class_attribute for one in self.mapper.column_attrs]
        self.columns = (kind.id, *(columns or [column for column in every if column.key != "id"]))
        self.names = [column.key for column in self.columns]

    def __len__(self) -> int:
        return len(self.columns)

    def held(self, session: Session, values: Sequence[Any], **related: Any) -> Any:
        """The entity with these values, in the order of `columns`. `related`: what its relationships lead to."""
        found = self.found(session, values, **related)
        if found not in session:
            session.add(found)
        return found

    def found(self, session: Session, values: Sequence[Any], **related: Any) -> Any:
        """The same for something that another entity leads to, with which it comes into the session."""
        known = session.identity_map.get(self.mapper.identity_key_from_primary_key(values[:1]))
        if known is not None:
            return known
        made = self.mapper.class_manager.new_instance()
        made.__dict__.update(zip(self.names, values, strict=True))
        make_transient_to_detached(made)
        for name, other in related.items():
            set_committed_value(made, name, other)
        return made


def parted(told: Sequence[Any], *of: Parts) -> list[Sequence[Any]]:
    """A row that holds the columns of several entities, cut into one piece for each."""
    pieces, start = [], 0
    for parts in of:
        pieces.append(told[start : start + len(parts)])
        start += len(parts)
    return pieces
