"""Entities put together out of rows are what the session would have read itself."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select

from accounts.identifying import role_named
from accounts.models import Role, RoleName, User, user_role
from accounts.recognizing import marked
from foundation.asking import row
from foundation.db import db
from foundation.entities import Parts, parted
from tests.makers import School


def test_a_person_is_the_one_that_the_session_reads_and_holds(context: Any, school: School, queries: Any) -> None:
    ada = school.user("Ada", "trainee", "mentor")
    db.session.remove()
    with queries() as seen:
        found = marked(ada.fs_uniquifier)
        assert found is not None and found.name == "Ada"
        assert found.role_names == {"trainee", "mentor"}
        assert found.has_role("mentor") and found.is_staff
        assert not found.has_role("owner")
        assert db.session.get(User, found.id) is found
    assert seen.count == 1
    assert {role.name for role in found.roles} == {"trainee", "mentor"}
    assert db.session.scalars(select(User).where(User.name == "Ada")).one() is found
    assert marked("nobody") is None


def test_somebody_without_a_role_has_none(context: Any, school: School) -> None:
    mark = school.user("Ada").fs_uniquifier
    db.session.execute(delete(user_role))
    db.session.commit()
    found = marked(mark)
    assert found is not None and found.role_names == set()
    assert found.roles == []


def test_a_role_that_is_given_while_the_page_is_made_counts_at_once(context: Any, school: School) -> None:
    mark = school.user("Ada").fs_uniquifier
    db.session.remove()
    found = marked(mark)
    assert found is not None and not found.has_role("graduate")
    found.roles.append(role_named(RoleName.GRADUATE))
    assert found.has_role("graduate")


def test_what_was_not_asked_for_is_read_where_somebody_looks_at_it(context: Any, school: School) -> None:
    ada = school.user("Ada")
    password = ada.password
    db.session.remove()
    found = marked(ada.fs_uniquifier)
    assert found is not None and "password" not in found.__dict__
    assert found.password == password


def test_a_change_is_noticed_and_written_and_one_that_waits_is_not_overwritten(context: Any, school: School) -> None:
    ada = school.user("Ada")
    db.session.remove()
    found = marked(ada.fs_uniquifier)
    assert found is not None
    assert not db.session.dirty
    found.name = "Grace"
    assert marked(ada.fs_uniquifier) is found
    assert found.name == "Grace"
    db.session.commit()
    assert db.session.scalar(select(User.name).where(User.id == found.id)) == "Grace"


def test_all_of_an_entity_is_all_that_its_table_has(context: Any, school: School) -> None:
    school.user("Ada", "trainee")
    db.session.remove()
    every, few = Parts(Role), Parts(User, User.name)
    query = select(*every.columns, *few.columns).join(user_role, user_role.c.role_id == Role.id).join(User)
    query = query.where(Role.name == "trainee", User.name == "Ada")
    told = row(query)
    assert told is not None
    of_role, of_user = parted(told, every, few)
    role = every.held(db.session(), of_role)
    assert {column.key for column in Role.__table__.columns} <= role.__dict__.keys()
    assert few.held(db.session(), of_user).name == "Ada"
