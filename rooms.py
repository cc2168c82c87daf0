"""The doors of every room: blueprints and commands, in the order of the house."""

from __future__ import annotations

from click import Command
from flask import Blueprint, Flask


def blueprints() -> list[Blueprint]:
    """Every room's pages. (Imported here, so that a command that needs no page stays quick.)"""
    return [*_courses(), *_ledger(), *_money(), *_post(), *_people(), *_lines()]


def _courses() -> list[Blueprint]:
    from courseware.staff_views import staff_classes
    from courseware.views import classes, learn

    return [learn, classes, staff_classes]


def _ledger() -> list[Blueprint]:
    from credentials.badges.views import badges
    from credentials.ruling.staff_views import staff_rules
    from credentials.staff_views import staff_certificates, staff_hours, staff_mentoring, staff_mentors
    from credentials.views import confirm, credentials, hours, verify
    from desk.accrediting.views import staff_accreditation

    own = [hours, credentials, verify, confirm, badges]
    return [*own, staff_hours, staff_certificates, staff_mentoring, staff_mentors, staff_rules, staff_accreditation]


def _money() -> list[Blueprint]:
    from payments.agreement_views import orders, staff_agreements
    from payments.api import payments_api
    from payments.books.staff_views import staff_books
    from payments.books.views import books
    from payments.calling_off.staff_views import staff_calling_off
    from payments.changing.staff_views import staff_changes
    from payments.changing.views import changes
    from payments.employers.staff_views import staff_invoices
    from payments.employers.views import invoices
    from payments.extending.clock_views import staff_access
    from payments.extending.views import extending
    from payments.pricing.staff_views import staff_prices
    from payments.refund_views import staff_payments
    from payments.scholarships.staff_views import staff_money
    from payments.views import enroll

    books_and_prices = [
        extending,
        staff_access,
        staff_calling_off,
        staff_prices,
        staff_books,
        books,
        staff_money,
        staff_invoices,
        invoices,
    ]
    return [enroll, orders, changes, staff_changes, staff_agreements, staff_payments, *books_and_prices, payments_api]


def _post() -> list[Blueprint]:
    from mail.development_views import dev_mail
    from mail.staff_views import staff_mail
    from mail.views import letters

    return [dev_mail, staff_mail, letters]


def _people() -> list[Blueprint]:
    from accounts.erasing.staff_views import staff_erasures
    from accounts.erasing.views import account
    from accounts.rights.staff_views import staff_rights
    from community.profile_views import coach_profile
    from community.views import community, site
    from desk.machine_views import machines
    from desk.views import desk
    from enrollment.cohort_staff_views import staff_enrollment
    from enrollment.guide_views import guide
    from enrollment.policies.staff_views import staff_policies

    own = [account, staff_erasures, staff_rights]
    return [site, community, guide, machines, *own, coach_profile, desk, staff_enrollment, staff_policies]


def _lines() -> list[Blueprint]:
    from enrollment.applications.staff_views import staff_applications
    from enrollment.applications.views import applications
    from enrollment.waitlist.staff_views import staff_waitlist
    from enrollment.waitlist.views import waitlist

    return [waitlist, staff_waitlist, applications, staff_applications]


def exempt_from_csrf() -> list[str]:
    """Views that other programs post to; each proves itself by a signature or a token."""
    return ["mail.views.unsubscribe_now", "mail.views.provider_notice", "payments.api.stripe"]


def commands() -> list[Command]:
    """Every room's commands."""
    from accounts.cli import accounts_commands
    from courseware.cli import courseware
    from credentials.cli import credentials
    from demo.cli import demo
    from desk.cli import doctor
    from enrollment.cli import enrollment_commands
    from mail.cli import mail_commands
    from payments.cli import payments

    return [accounts_commands, courseware, credentials, demo, doctor, enrollment_commands, mail_commands, payments]


def register_rooms(app: Flask) -> None:
    """Open each room's pages and commands, and tell the lower rooms what only a higher one knows."""
    from accounts.erasing import part, terms
    from accounts.privacy import packing
    from community import erasing as of_community
    from courseware import erasing as of_courses
    from courseware.scheduling import class_days
    from courseware.timetable.changing import call_off_all
    from courseware.timetable.copying import copy_classes
    from credentials import erased as of_hours
    from credentials.renewing.holding import holds_on
    from credentials.taking_away import files_of
    from desk.accrediting import erasing as of_packs
    from enrollment import admitting, timetables
    from enrollment import erasing as of_places
    from enrollment.cohorts import followers
    from foundation.forms import csrf
    from payments import erasing as of_money
    from payments.pricing.copying import copy_plans

    timetables.told_by(app, class_days)
    packing.told_by(app, files_of)
    rooms = (of_packs, of_money, of_courses, of_community, of_hours, of_places, part)
    terms.told_by(app, *(room.PART for room in rooms))
    admitting.told_by(app, holds_on)
    followers.told(app, copiers=(copy_classes, copy_plans), enders=(call_off_all,))

    for blueprint in blueprints():
        app.register_blueprint(blueprint)
    for name in exempt_from_csrf():
        csrf.exempt(name)
    for group in commands():
        app.cli.add_command(group)
