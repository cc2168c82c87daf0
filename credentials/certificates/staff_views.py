"""The registrar's certificates: who could graduate, what was issued, revoking and issuing anew."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from credentials import certifying
from credentials.asking import page_number, page_url, with_filters
from credentials.certificates import leaving
from credentials.certificates.documents import certificate_pdf, facts_in_words, unwritable_words
from credentials.certificates.forms import HoldForm, IssueForm, PartialForm, ReissueForm, RevokeForm
from credentials.certificates.holding import hold_back, holds_of, release
from credentials.certificates.queries import by_number, candidates, issued
from credentials.certificates.views import pdf_response
from credentials.certifying import NotComplete
from credentials.doors import staff_certificates
from credentials.models import HoldSource
from enrollment.models import Enrollment
from foundation.access import staff
from foundation.clock import now
from foundation.csvs import csv_response
from foundation.db import db
from foundation.errors import NotFound, Refused
from foundation.paging import paginate


@staff_certificates.get("")
@staff("registrar")
def listing(
    refused: NotComplete | None = None,
    refused_for: str = "",
    partial: PartialForm | None = None,
    hold: HoldForm | None = None,
) -> str:
    words, state = request.args.get("words", "").strip()[:80], request.args.get("state", "")
    return render_template(
        "staff/credentials/certificates.html",
        page=paginate(issued(words, state), page_number(), per=25),
        url=page_url(),
        candidates=(waiting := candidates()),
        holds=holds_of(one.enrollment.id for one in waiting),
        hold_form=hold or HoldForm(formdata=None),
        left=(gone := leaving.leavers()),
        unwritable=_unwritable([one.enrollment for one in waiting] + [enrollment for enrollment, _ in gone]),
        partial=partial or PartialForm(formdata=None),
        words=words,
        state=state,
        csv=with_filters("staff_certificates.issued_csv"),
        states=[("", "All"), ("valid", "Valid"), ("revoked", "Revoked")],
        refused=refused,
        refused_for=refused_for,
    )


@staff_certificates.get("/issued.csv")
@staff("registrar")
def issued_csv() -> Response:
    words, state = request.args.get("words", "").strip()[:80], request.args.get("state", "")
    header = ["Number", "Name", "Program", "Issued on", "Minutes", "Revoked on", "Kind"]
    rows = [
        [
            one.number,
            one.name,
            one.facts["program"],
            one.facts["issued_on"],
            one.facts["minutes"]["total"],
            one.revoked_at.date().isoformat() if one.revoked_at else "",
            str(one.kind),
        ]
        for one in db.session.scalars(issued(words, state)).unique()
    ]
    return csv_response("certificates.csv", header, rows)


@staff_certificates.post("/issue/<public_id>")
@staff("registrar")
def issue(public_id: str) -> AnyResponse | tuple[str, int]:
    enrollment = certifying.enrollment_for_certificate(public_id)
    if enrollment is None or not IssueForm().validate_on_submit():
        raise NotFound
    try:
        _writable(enrollment)
        made = certifying.issue(enrollment, current_user, now())
        db.session.commit()
    except NotComplete as refused:
        db.session.rollback()
        return listing(refused, public_id), 409
    flash(f"Certificate {made.number} is issued; the letter is on its way.", "good")
    return redirect(url_for("staff_certificates.one", number=made.number), 303)


@staff_certificates.post("/partial/<public_id>")
@staff("registrar")
def partial(public_id: str) -> AnyResponse | tuple[str, int]:
    enrollment, form = certifying.enrollment_for_certificate(public_id), PartialForm()
    if enrollment is None:
        raise NotFound
    if not form.validate_on_submit():
        return listing(refused_for=public_id, partial=form), 422
    try:
        _writable(enrollment)
        made = leaving.issue_partial(enrollment, current_user, now(), reason=form.reason.data or "")
        db.session.commit()
    except NotComplete as refused:
        db.session.rollback()
        return listing(refused, public_id, form), 409
    except Refused as refused:
        db.session.rollback()
        form.refuse(refused)
        return listing(refused_for=public_id, partial=form), 422
    flash(f"Certificate {made.number} of partial completion is issued; the letter is on its way.", "good")
    return redirect(url_for("staff_certificates.one", number=made.number), 303)


@staff_certificates.post("/hold/<public_id>")
@staff("registrar", "finance")
def hold(public_id: str) -> AnyResponse | tuple[str, int]:
    enrollment, form = certifying.enrollment_for_certificate(public_id), HoldForm()
    if enrollment is None:
        raise NotFound
    if not form.validate_on_submit():
        return listing(refused_for=public_id, hold=form), 422
    try:
        hold_back(enrollment, reason=form.reason.data or "", source=HoldSource.STAFF, at=now(), actor=current_user)
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        form.refuse(refused)
        return listing(refused_for=public_id, hold=form), 422
    flash(f"The certificate of {enrollment.user.name} waits. The trainee reads why.", "good")
    return redirect(url_for("staff_certificates.listing"), 303)


@staff_certificates.post("/hold/<public_id>/lift")
@staff("registrar", "finance")
def lift(public_id: str) -> AnyResponse:
    enrollment = certifying.enrollment_for_certificate(public_id)
    if enrollment is None:
        raise NotFound
    release(enrollment, source=HoldSource.STAFF, at=now(), actor=current_user)
    db.session.commit()
    flash(f"The certificate of {enrollment.user.name} waits no longer.", "good")
    return redirect(url_for("staff_certificates.listing"), 303)


@staff_certificates.get("/<number>")
@staff("registrar")
def one(number: str) -> str:
    return _page(number, RevokeForm(prefix="revoke"), ReissueForm(prefix="reissue"))


@staff_certificates.post("/<number>/revoke")
@staff("registrar")
def revoke(number: str) -> str | AnyResponse:
    form = RevokeForm(prefix="revoke")
    if form.validate_on_submit():
        try:
            certifying.revoke(by_number(number), current_user, now(), reason=form.reason.data or "")
            db.session.commit()
            flash(f"{number} is revoked. Whoever verifies it is told so from now on.", "good")
            return redirect(url_for("staff_certificates.one", number=number), 303)
        except Refused as refused:
            db.session.rollback()
            form.refuse(refused)
    return _page(number, form, ReissueForm(formdata=None, prefix="reissue"))


@staff_certificates.post("/<number>/reissue")
@staff("registrar")
def reissue(number: str) -> str | AnyResponse:
    form = ReissueForm(prefix="reissue")
    if form.validate_on_submit():
        try:
            _writable((old := by_number(number)).enrollment)
            made = leaving.reissue(old, current_user, now(), reason=form.reason.data or "")
            db.session.commit()
            flash(f"{made.number} takes the place of {number}.", "good")
            return redirect(url_for("staff_certificates.one", number=made.number), 303)
        except Refused as refused:
            db.session.rollback()
            form.refuse(Refused(refused.message, field="reason"))
    return _page(number, RevokeForm(formdata=None, prefix="revoke"), form)


def _writable(enrollment: Enrollment) -> None:
    """Refuse a certificate whose name would be empty boxes. Raises NotComplete with what helps."""
    if words := unwritable_words(enrollment.user.name):
        raise NotComplete([words])


def _unwritable(enrollments: Sequence[Enrollment]) -> dict[str, str]:
    """By enrollment, why a name can't be written here; only those where it can't."""
    found = {one.public_id: unwritable_words(one.user.name) for one in enrollments}
    return {key: words for key, words in found.items() if words}


def _page(number: str, revoke_form: RevokeForm, reissue_form: ReissueForm) -> str:
    found = by_number(number)
    return render_template(
        "staff/credentials/certificate.html",
        certificate=found,
        facts=facts_in_words(found),
        unwritable=unwritable_words(found.name),
        replaced_by=certifying.replaced_by(found),
        revoke_form=revoke_form,
        reissue_form=reissue_form,
    )


@staff_certificates.get("/<number>.pdf")
@staff("registrar")
def pdf(number: str) -> Response:
    return pdf_response(certificate_pdf(by_number(number)), f"{number}.pdf")
