from credentials.queries import hours_by_kind, waiting_for_review
from foundation.db import db


def test_other_rooms_read_hours_by_kind_and_what_waits(school):
    enrollment = school.enrollment(school.user(), school.cohort())
    school.checked(school.lesson_hours(enrollment, minutes=90), school.user("Rosa", "registrar"))
    school.lesson_hours(enrollment, minutes=30)
    with school.app.app_context():
        assert hours_by_kind(enrollment.user_id) == [
            ("Education", "2 h, of which 30 min wait"),
            ("In all", "2 h, of which 30 min wait"),
        ]
        assert db.session.scalar(waiting_for_review()) == 1
