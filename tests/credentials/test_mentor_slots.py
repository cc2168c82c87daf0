"""A mentor offers hours, trainees book them, and what took place is written as mentor coaching."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from icalendar import Calendar
from sqlalchemy import select

from credentials.mentor_slots.booking import book
from credentials.mentor_slots.publishing import Offer, publish
from credentials.models import (
    BOOKING_MOVES,
    SLOT_MOVES,
    BookingState,
    LedgerEntry,
    LedgerReview,
    MentorBooking,
    MentorSession,
    MentorSlot,
    SlotState,
)
from foundation.db import db
from foundation.errors import Refused
from mail.models import Letter, LetterState
from tests.credentials.reading import all_of


@pytest.fixture
def cohort(school):
    return school.cohort(seats=40)


def trainee(school, cohort, name="Maren Oyelaran", zone=None):
    user = school.user(name)
    school.enrollment(user, cohort)
    if zone:
        with school.app.app_context():
            db.session.merge(user).time_zone = zone
            db.session.commit()
    return user


def test_a_weekly_hour_keeps_the_mentors_clock_when_the_clocks_change(school, keiko):
    with school.app.app_context():
        offer = Offer(on=date(2026, 10, 27), starts=time(9), minutes=60, places=1, weeks=2)
        slots = publish(db.session.merge(keiko), offer, at=datetime(2026, 10, 1, tzinfo=UTC))
        assert [slot.starts_at.astimezone(UTC).hour for slot in slots] == [13, 14]


def test_an_hour_that_the_clocks_leave_out_can_not_be_offered(school, keiko):
    with school.app.app_context(), pytest.raises(Refused, match="goes forward"):
        offer = Offer(on=date(2027, 3, 14), starts=time(2, 30), minutes=60, places=1)
        publish(db.session.merge(keiko), offer, at=datetime(2026, 12, 1, tzinfo=UTC))


def test_an_hour_offered_twice_is_offered_once_and_two_hours_never_overlap(school, keiko):
    slot = school.mentor_slot(keiko, minutes=90)
    assert school.mentor_slot(keiko, minutes=90).id == slot.id
    with pytest.raises(Refused, match="You offer another hour then"):
        school.mentor_slot(keiko, in_hours=73)


def test_each_reads_the_hour_on_their_own_clock_with_the_others_beside_it(client, school, keiko, cohort):
    school.mentor_slot(keiko)
    page = client.sign_in(trainee(school, cohort, zone="Asia/Tokyo")).get("/hours/mentoring/slots").text
    assert "JST" in page or "Tokyo time" in page
    assert "for Keiko Shimabukuro" in page
    assert "for Keiko Shimabukuro" not in client.sign_in(trainee(school, cohort)).get("/hours/mentoring/slots").text


def test_a_free_hour_says_whether_it_will_count_on_its_own_day(client, school, cohort):
    dov = school.mentor_account("Dov Halloran", specialization=None)
    with time_machine.travel(datetime(2026, 12, 20, 12, tzinfo=UTC), tick=True):
        school.mentor_slot(dov, in_hours=24)
        school.mentor_slot(dov, in_hours=24 * 14)
        page = client.sign_in(trainee(school, cohort)).get("/hours/mentoring/slots").text
    assert page.count("MCS-ACC or MCS-PCC") == 1, "the hour of 2026 counts, the one of 2027 does not"


def test_a_trainee_books_by_a_button_and_both_get_their_letter_with_the_calendar(
    client, school, mailbox, keiko, cohort
):
    slot, maren = school.mentor_slot(keiko, place="https://meet.example.com/room"), trainee(school, cohort)
    client.sign_in(maren)
    assert (
        client.submit(f"/hours/mentoring/slots/{slot.public_id}/book", on="/hours/mentoring/slots").status_code == 303
    )
    mailbox.deliver()
    [letter], [told] = mailbox.to(maren.email), mailbox.to(keiko.email)
    assert "Maren Oyelaran has booked" in told.get_body(("plain",)).get_content()
    link = re.search(r"/hours/mentoring/bookings/\S+\.ics", letter.get_body(("plain",)).get_content()).group()
    [event] = Calendar.from_ical(client.get(link).data).walk("VEVENT")
    assert event["DTSTART"].dt == slot.starts_at
    assert event["LOCATION"] == "https://meet.example.com/room"
    assert school.app.test_client().sign_in(school.user("Stranger")).get(link).status_code == 404


def test_of_eight_who_want_the_last_place_one_gets_it(school, keiko, cohort):
    slot = school.mentor_slot(keiko)
    people = [trainee(school, cohort, f"Trainee {n}") for n in range(8)]

    def want(user):
        with school.app.app_context():
            try:
                book(db.session.merge(user), slot.public_id, at=school.now())
                db.session.commit()
                return True
            except Refused:
                return False

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(want, people)) == 1
    assert len(all_of(school, MentorBooking)) == 1


def test_booked_by_eight_clicks_at_once_it_is_booked_once_with_one_letter_each(school, keiko, cohort):
    slot, maren = school.mentor_slot(keiko, places=5), trainee(school, cohort)

    def press(_):
        with school.app.app_context():
            book(db.session.merge(maren), slot.public_id, at=school.now())
            db.session.commit()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(press, range(8)))
    assert len(all_of(school, MentorBooking)) == 1
    assert sorted(one.kind for one in all_of(school, Letter)) == [
        "mentoring.booked",
        "mentoring.reminder",
        "mentoring.taken",
    ]


def test_the_reminder_goes_out_the_day_before_and_not_when_the_hour_was_given_up(
    client, school, mailbox, keiko, cohort
):
    slot, maren, ana = school.mentor_slot(keiko, places=2), trainee(school, cohort), trainee(school, cohort, "Ana Lima")
    school.mentor_booking(ana, slot)
    booking = school.mentor_booking(maren, slot)
    client.sign_in(maren)
    give_up = f"/hours/mentoring/bookings/{booking.public_id}/give-up"
    assert client.submit(give_up, on="/hours/mentoring/slots").status_code == 303
    assert client.submit(give_up, on="/hours/mentoring/slots").status_code == 303, "twice is once"
    mailbox.deliver()
    assert "Maren Oyelaran has given up" in mailbox.to(keiko.email)[-1].get_body(("plain",)).get_content()
    mailbox.clear()
    with time_machine.travel(slot.starts_at - timedelta(hours=23), tick=True):
        mailbox.deliver()
    assert [one["Subject"] for one in mailbox.letters] == ["Tomorrow: your mentor hour"]
    assert mailbox.to(ana.email)


def test_an_hour_called_off_tells_everybody_who_had_booked(client, school, mailbox, keiko, cohort):
    slot, maren = school.mentor_slot(keiko, places=2), trainee(school, cohort)
    school.mentor_booking(maren, slot)
    client.sign_in(keiko)
    page = f"/staff/mentoring/{slot.public_id}"
    assert client.submit(f"{page}/call-off", on=page).status_code == 303
    assert client.submit(f"{page}/call-off", on=page).status_code == 303
    mailbox.deliver()
    assert "has called off" in mailbox.to(maren.email)[-1].get_body(("plain",)).get_content()
    assert [one.state for one in all_of(school, Letter) if one.kind == "mentoring.reminder"] == [LetterState.SUPPRESSED]
    assert "Keiko" not in client.sign_in(maren).get("/hours/mentoring/slots").text


def refusal(school, user, slot):
    with school.app.app_context(), pytest.raises(Refused) as refused:
        book(db.session.merge(user), slot.public_id, at=school.now())
    return refused.value.message


def test_who_may_not_book_is_told_why(school, keiko, cohort):
    slot, maren = school.mentor_slot(keiko), trainee(school, cohort)
    assert "take part in a program" in refusal(school, school.user("A visitor"), slot)
    assert "your own" in refusal(school, keiko, slot)
    other = school.mentor_account("Rafael Monteiro")
    school.mentor_booking(maren, school.mentor_slot(other))
    assert "another hour at that time" in refusal(school, maren, slot)
    past = school.mentor_slot(other, in_hours=-2)
    assert "can't be booked any more" in refusal(school, trainee(school, cohort), past)


def test_nobody_keeps_every_hour_for_themselves(school, keiko, cohort):
    maren = trainee(school, cohort)
    for day in range(2, 8):
        school.mentor_booking(maren, school.mentor_slot(keiko, in_hours=24 * day))
    assert "You have 6 hours booked" in refusal(school, maren, school.mentor_slot(keiko, in_hours=24 * 9))


@pytest.fixture
def held(school, keiko, cohort):
    """A group hour that began two hours ago, with two who had booked."""
    slot = school.mentor_slot(keiko, in_hours=-2, places=8)
    people = [trainee(school, cohort, name) for name in ("Maren Oyelaran", "Ana Lima")]
    return slot, [school.mentor_booking(user, slot) for user in people]


def say(client, keiko, slot, bookings, minutes, observed=()):
    said = {f"b{one.id}-minutes": str(length) for one, length in zip(bookings, minutes, strict=True) if length}
    said |= {f"b{one.id}-came": "y" for one, length in zip(bookings, minutes, strict=True) if length}
    said |= {f"b{bookings[n].id}-observed": "y" for n in observed}
    return client.sign_in(keiko).submit(f"/staff/mentoring/{slot.public_id}", said)


def test_afterwards_the_mentor_says_who_was_there_and_their_lines_are_written(client, school, keiko, held):
    slot, bookings = held
    assert "To confirm" in client.sign_in(keiko).get("/staff/mentoring").text
    assert say(client, keiko, slot, bookings, (60, 45), observed=[0]).status_code == 303
    assert [(one.minutes, one.mentees, one.observed) for one in all_of(school, MentorSession)] == [
        (60, 2, True),
        (45, 2, False),
    ]
    with school.app.app_context():
        assert set(db.session.scalars(select(LedgerReview.state))) == {"sent"}
    page = client.sign_in(school.user("Rosa", "registrar")).get("/staff/hours/lines").text
    assert "booked here, confirmed by the mentor" in page


def test_said_twice_nothing_is_doubled_and_a_correction_is_a_reversal_and_a_new_line(client, school, keiko, held):
    slot, bookings = held
    for _ in range(2):
        say(client, keiko, slot, bookings, (60, 60))
    assert len(all_of(school, LedgerEntry)) == 2
    say(client, keiko, slot, bookings, (60, 0))
    lines = [(one.minutes, one.title.split(", ")[1], one.reason) for one in all_of(school, LedgerEntry)]
    assert lines == [
        (60, "group of 2", ""),
        (60, "group of 2", ""),
        (-60, "group of 2", "Corrected by the mentor"),
        (60, "one-to-one", ""),
        (-60, "group of 2", "Corrected by the mentor"),
    ]
    assert [one.state for one in all_of(school, MentorBooking)] == ["attended", "missed"]


def test_whoever_was_there_was_there_for_some_minutes_and_no_hour_is_confirmed_before_it_begins(
    client, school, keiko, cohort, held
):
    slot, bookings = held
    said = {f"b{bookings[0].id}-came": "y", f"b{bookings[0].id}-minutes": ""}
    page = client.sign_in(keiko).submit(f"/staff/mentoring/{slot.public_id}", said)
    assert "Say how many minutes." in page.text
    assert "between 1 and 300" in say(client, keiko, slot, bookings, (301, 60)).text.lower()
    assert "At most an hour longer" in say(client, keiko, slot, bookings, (200, 60)).text
    ahead = school.mentor_slot(keiko)
    booking = school.mentor_booking(trainee(school, cohort, "Wei Jie Lim"), ahead)
    token = client.token(f"/staff/mentoring/{ahead.public_id}")
    said = {"csrf_token": token, f"b{booking.id}-came": "y", f"b{booking.id}-minutes": "60"}
    client.post(f"/staff/mentoring/{ahead.public_id}", data=said)
    assert all_of(school, LedgerEntry) == []


def test_a_mentor_sees_and_confirms_their_own_hours_alone(client, school, keiko, held):
    slot, _ = held
    client.sign_in(school.mentor_account("Rafael Monteiro"))
    assert client.get(f"/staff/mentoring/{slot.public_id}").status_code == 404
    assert client.get(f"/staff/mentoring/{slot.public_id}.ics").status_code == 404
    assert client.submit(f"/staff/mentoring/{slot.public_id}/call-off", on="/staff/mentoring").status_code == 404
    assert client.sign_in(school.user()).get("/staff/mentoring").status_code == 403
    assert "No mentor&#39;s file yet" in client.sign_in(school.user("Iris", "instructor")).get("/staff/mentoring").text


def test_a_mentor_offers_an_hour_on_the_page_and_what_is_wrong_stands_beside_the_field(client, school, keiko):
    said = {"on": "2099-10-01", "starts": "09:00", "minutes": "60", "company": "group", "weeks": "1", "place": ""}
    client.sign_in(keiko)
    assert "Say how many places." in client.submit("/staff/mentoring", said).text
    assert "At most a year ahead." in client.submit("/staff/mentoring", said | {"places": "8"}).text
    soon = (datetime.now(UTC) + timedelta(days=9)).date().isoformat()
    refused = client.submit("/staff/mentoring", said | {"places": "8", "on": soon, "place": "http://x"})
    assert 'id="place-error"' in refused.text
    assert client.submit("/staff/mentoring", said | {"places": "8", "on": soon, "weeks": "3"}).status_code == 303
    assert len(all_of(school, MentorSlot)) == 3


@pytest.mark.parametrize("where", ["/hours/mentoring/slots", "/staff/mentoring", "/staff/mentoring?shelf=past"])
def test_the_lists_ask_the_database_at_most_eight_things(client, school, queries, keiko, cohort, where):
    maren = trainee(school, cohort)
    for day in range(1, 6):
        slot = school.mentor_slot(keiko, in_hours=24 * day, places=3)
    school.mentor_booking(maren, slot)
    client.sign_in(keiko if where.startswith("/staff") else maren)
    with queries() as asked:
        assert client.get(where).status_code == 200
    assert asked.count <= 8, "\n".join(asked.sent)


def test_what_is_over_does_not_begin_again():
    assert SLOT_MOVES.ends == {SlotState.CALLED_OFF, SlotState.HELD}
    assert BOOKING_MOVES.ends == {BookingState.GIVEN_UP, BookingState.CALLED_OFF}
    assert not BOOKING_MOVES.allows(BookingState.ATTENDED, BookingState.BOOKED)
