"""Every change of the schema runs down and up again, and the models agree with it."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import downgrade, upgrade

from foundation.db import Base, db
from tests.house.reading import ROOT


def test_models_and_migrations_agree(app):
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_newest_migration_is_known_without_running_any():
    """The doctor compares it with the database's; a migration that calls `op` while it is imported would blind it."""
    assert ScriptDirectory(str(ROOT / "migrations")).get_current_head()


@pytest.mark.slow
def test_every_migration_runs_down_and_up_on_a_filled_database(app, school):
    school.lesson_hours(school.enrollment(school.user(), school.cohort()), minutes=75)
    with app.app_context():
        downgrade(revision="0056_part_waivers")
        upgrade()
        assert db.session.scalars(db.text("SELECT minutes FROM ledger_review")).all() == [75]
        db.session.rollback()
        downgrade(revision="base")
        upgrade()
        assert db.session.scalar(db.text("SELECT count(*) FROM cohort")) == 0
