"""A job's name and its task never part."""

from foundation.jobs import Job


def test_every_job_name_has_a_task_and_every_task_a_name(app):
    from tasks import modules

    modules.load()
    tasks = {name for name in app.extensions["celery"].tasks if not name.startswith("celery.")}
    assert tasks == {job.value for job in Job}


def test_every_timetable_entry_names_a_job():
    from tasks.timetable import TIMETABLE

    assert {entry["task"] for entry in TIMETABLE.values()} <= {job.value for job in Job}


def test_a_job_is_sent_after_the_commit_and_never_after_a_rollback(app, monkeypatch):
    from foundation import jobs
    from foundation.db import db

    sent = []
    monkeypatch.setattr(jobs, "send", lambda job, *ids: sent.append((job, ids)))
    with app.app_context():
        jobs.enqueue(Job.SWEEP_LETTERS)
        db.session.execute(db.text("SELECT 1"))
        with db.session.begin_nested():
            jobs.enqueue(Job.DELIVER_DUE_LETTERS, 7)
        assert sent == [], "nothing leaves while the transaction is open"
        db.session.commit()
        assert sent == [(Job.SWEEP_LETTERS, ()), (Job.DELIVER_DUE_LETTERS, (7,))]
        jobs.enqueue(Job.SWEEP_LETTERS)
        db.session.execute(db.text("SELECT 1"))
        db.session.rollback()
        db.session.execute(db.text("SELECT 1"))
        db.session.commit()
    assert len(sent) == 2
