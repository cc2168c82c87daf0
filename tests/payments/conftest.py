"""A buyer in front of a cohort."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import stripe
from flask import Flask

from foundation.db import db
from tests.inspecting import InspectingClient
from tests.makers import School


@dataclass
class Buyer:
    """Somebody signed in, who wants one cohort; `books()` tells what our books say."""

    app: Flask
    client: InspectingClient
    user: Any
    cohort: Any

    def enroll(self) -> str:
        """Tick, submit; the address of the payment page."""
        answer = self.client.submit(f"/enroll/{self.cohort.code}", {"agreed": "y"})
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return str(answer.location)

    def come_back(self, sent_to: str) -> Any:
        """Follow Stripe's redirect to our page."""
        return self.client.get(path_of(sent_to), follow_redirects=True)

    def books(self) -> Books:
        with self.app.app_context():
            return read_books()


@dataclass
class Books:
    orders: list[Any]
    attempts: list[Any]
    enrollments: list[Any]
    seats: list[str]
    receipts: list[str]
    letters: list[str]
    tasks: list[str]
    money: list[tuple[str, int]]

    @property
    def order(self) -> Any:
        assert len(self.orders) == 1, f"{len(self.orders)} orders"
        return self.orders[0]

    @property
    def state(self) -> str:
        return str(self.order.state)


ONCE = ["enrollment.welcome", "order.paid"]


def is_in_once(books: Books) -> None:
    """Paid, with one enrollment, one seat, one receipt, one letter of each kind, one charge."""
    assert books.state == "paid"
    assert len(books.enrollments) == 1
    assert books.seats == ["taken"]
    assert len(books.receipts) == 1
    assert books.letters == ONCE
    assert [kind for kind, _ in books.money] == ["charge", "fee"]


def path_of(url: str) -> str:
    return "/" + url.split("://", 1)[1].split("/", 1)[1]


def read_books() -> Books:
    from sqlalchemy import select

    from enrollment.models import Enrollment, Seat
    from foundation.escalating import StaffTask
    from mail.models import Letter
    from payments.models import CheckoutAttempt, EnrollmentOrder, MoneyEntry, Receipt

    def every(model: Any) -> list[Any]:
        return list(db.session.scalars(select(model).order_by(model.id)))

    made = Books(
        orders=every(EnrollmentOrder),
        attempts=every(CheckoutAttempt),
        enrollments=every(Enrollment),
        seats=[str(seat.state) for seat in every(Seat)],
        receipts=[receipt.number for receipt in every(Receipt)],
        letters=sorted(letter.kind for letter in every(Letter)),
        tasks=[task.kind for task in every(StaffTask)],
        money=[(str(entry.kind), entry.cents) for entry in every(MoneyEntry)],
    )
    db.session.expunge_all()
    return made


@pytest.fixture
def buyer(app: Flask, school: School) -> Buyer:
    return new_buyer(app, school, school.cohort(seats=2))


def new_buyer(app: Flask, school: School, cohort: Any, name: str = "Ana Lima") -> Buyer:
    user = school.user(name)
    client = app.test_client()
    assert isinstance(client, InspectingClient)
    return Buyer(app, client.sign_in(user), user, cohort)


@pytest.fixture
def finance(app: Flask, school: School) -> Any:
    """Somebody who keeps the books, signed in."""
    return app.test_client().sign_in(school.user("Fin Ance", "finance"))


@pytest.fixture
def desk(app: Flask, school: School) -> Any:
    """Somebody of the office, signed in."""
    return app.test_client().sign_in(school.user("Rita Registrar", "registrar"))


@pytest.fixture
def bank(app: Flask) -> stripe.StripeClient:
    """Stripe's own client, for what a buyer or the bank does."""
    settings = app.config["SETTINGS"]
    return stripe.StripeClient(settings.stripe_key, base_addresses={"api": settings.stripe_api_base})


@pytest.fixture
def run_task(app: Flask) -> Any:
    """A task's body, run here as the worker would: `run_task("reconcile_orders")`."""

    def run(name: str) -> Any:
        import tasks.payments

        with app.app_context():
            return getattr(tasks.payments, name).run()

    return run


@pytest.fixture
def shuffle_events(app: Flask) -> Any:
    """Put stored events into another order of handling."""

    def shuffle(types: Any) -> None:
        from sqlalchemy import select

        from payments.models import StripeEvent

        with app.app_context():
            for event in db.session.scalars(select(StripeEvent)):
                place = list(types).index(event.type) if event.type in types else len(types)
                event.next_try = event.next_try - timedelta(hours=1) + timedelta(seconds=place)
            db.session.commit()

    return shuffle


@pytest.fixture
def forge_event(app: Flask) -> Any:
    """An event of our own making in the inbox, told of a session that is real."""

    def forge(type_: str, session_id: str, *, before: bool) -> None:
        from sqlalchemy import select

        from foundation.clock import now
        from payments import receiving
        from payments.models import StripeEvent

        with app.app_context():
            query = select(StripeEvent).where(StripeEvent.object_id == session_id).order_by(StripeEvent.id)
            known = db.session.scalars(query).first()
            assert known is not None
            forged = known.payload | {"id": f"evt_forged_{type_}", "type": type_}
            receiving.store(forged, at=now() - timedelta(hours=1 if before else 0))
            db.session.commit()

    return forge
