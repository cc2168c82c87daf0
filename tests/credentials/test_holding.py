"""What a mentor held on a day, read from the facts of the file."""

from datetime import date

import pytest

from credentials.mentor_coaching.holding import held_on, runs_out
from credentials.mentor_coaching.standing import counts_toward
from credentials.models import FactKind, Level, MentorFact

NUMBERS = iter(range(1, 10_000))


def fact(kind, level, held_from=None, held_until=None, withdraws=None):
    return MentorFact(
        id=next(NUMBERS), kind=FactKind(kind), level=Level(level), held_from=held_from, held_until=held_until,
        withdraws_id=withdraws.id if withdraws else None,
    )  # fmt: skip


def test_the_first_and_the_last_day_count_and_the_days_beside_them_do_not():
    known = [fact("credential", "PCC", date(2023, 3, 1), date(2026, 3, 31))]
    days = [date(2023, 2, 28), date(2023, 3, 1), date(2026, 3, 31), date(2026, 4, 1)]
    assert [held_on(known, day).credential for day in days] == ["none", "PCC", "PCC", "none"]
    assert "PCC ended on 2026-03-31" in held_on(known, days[-1]).words


def test_the_highest_credential_of_the_day_is_what_counts():
    known = [fact("credential", "ACC", date(2020, 1, 1)), fact("credential", "PCC", date(2024, 1, 1))]
    assert held_on(known, date(2023, 12, 31)).credential == "ACC"
    assert held_on(known, date(2024, 1, 1)).credential == "PCC"


def test_an_acc_is_renewed_from_the_day_of_the_renewal_on():
    known = [
        fact("credential", "ACC", date(2021, 1, 1), date(2023, 12, 31)),
        fact("renewal", "ACC", date(2023, 11, 1), date(2026, 12, 31)),
    ]
    assert not held_on(known, date(2023, 10, 31)).renewed
    assert held_on(known, date(2023, 11, 1)).renewed
    assert held_on(known, date(2027, 1, 1)).credential == "none"


def test_a_credential_without_an_end_gives_way_to_its_renewal():
    known = [fact("credential", "PCC"), fact("renewal", "PCC", date(2023, 5, 1), date(2026, 4, 30))]
    assert held_on(known, date(2022, 1, 1)).credential == "PCC"
    assert held_on(known, date(2026, 5, 1)).credential == "none", "the renewal has run out, so the credential has"


def test_what_was_withdrawn_was_never_held():
    wrong = fact("specialization", "PCC", date(2026, 9, 1))
    known = [fact("credential", "PCC"), wrong, fact("specialization", "PCC", date(2026, 9, 1), withdraws=wrong)]
    assert held_on(known, date(2026, 10, 1)).specializations == ()


def test_order_of_facts_never_matters():
    known = [
        fact("credential", "ACC", date(2019, 1, 1), date(2021, 12, 31)),
        fact("renewal", "ACC", date(2022, 1, 1), date(2024, 12, 31)),
        fact("credential", "PCC", date(2023, 6, 1)),
        fact("specialization", "ACC", date(2026, 7, 1)),
        fact("specialization", "PCC", date(2026, 8, 1), date(2029, 8, 1)),
    ]
    for year in range(2018, 2031):
        assert held_on(known, date(year, 7, 15)) == held_on(known[::-1], date(year, 7, 15))


def test_of_several_specializations_the_one_that_serves_the_applicant_is_shown():
    known = [fact("specialization", level, date(2026, 9, 1)) for level in ("PCC", "MCC")]
    held = held_on(known, date(2027, 2, 1))
    assert [held.specialization_for(wanted)[0] for wanted in ("ACC", "PCC", "MCC")] == ["PCC", "PCC", "MCC"]


@pytest.mark.parametrize(
    ("day", "toward"),
    [(date(2026, 12, 31), ["ACC", "PCC"]), (date(2027, 1, 1), []), (date(2027, 2, 1), ["ACC", "PCC"])],
)
def test_from_2027_the_specialization_decides_and_not_the_credential(context, day, toward):
    known = [fact("credential", "PCC", date(2020, 1, 1)), fact("specialization", "PCC", date(2027, 2, 1))]
    assert counts_toward(held_on(known, day), day) == toward


def test_the_next_end_is_the_first_thing_that_runs_out():
    known = [
        fact("credential", "PCC", date(2024, 1, 1), date(2027, 1, 31)),
        fact("specialization", "PCC", date(2026, 9, 1), date(2029, 9, 30)),
    ]
    assert runs_out(known, date(2026, 12, 1)) == date(2027, 1, 31)
    assert runs_out([*known, fact("renewal", "PCC", date(2027, 2, 1))], date(2026, 12, 1)) == date(2029, 9, 30)
