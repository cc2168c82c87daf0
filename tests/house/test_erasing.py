"""Whoever adds a column that can hold words says what becomes of it when its person is erased."""

from accounts.erasing.terms import Gone, kept, parts
from foundation.db import Base
from tests.makers.erasing import holds_words


def test_every_column_that_can_hold_words_is_spoken_for(app):
    with app.app_context():
        said = {name for one in kept() for name in one.columns}
        for part in parts():
            gone = {rule.table for rule in part.goes if isinstance(rule, Gone)} | set(part.nobodys)
            said |= {f"{name}.{column.name}" for name in gone for column in Base.metadata.tables[name].columns}
            said |= {
                f"{rule.table}.{name}" for rule in part.goes if not isinstance(rule, Gone) for name in rule.columns
            }
            said |= {f"{table}.{name}" for table, names in part.codes.items() for name in names} | set(part.by_hand)
    every = {f"{t.name}.{c.name}" for t in Base.metadata.sorted_tables for c in t.columns if holds_words(c)}
    assert every - said == set(), "say in the room's erasing.py (credentials: erased.py) what becomes of these"
    names = {f"{t.name}.{c.name}" for t in Base.metadata.sorted_tables for c in t.columns}
    assert {name for name in said - names if not name.startswith("files")} == set(), "these columns are gone"
