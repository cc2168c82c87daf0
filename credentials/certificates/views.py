"""Verifying a certificate, which anybody may; and the graduate's own papers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Response, jsonify, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from credentials.certificates.documents import certificate_pdf, facts_in_words, unwritable_words, verify_address
from credentials.certificates.forms import VerifyForm
from credentials.certificates.numbering import read_number
from credentials.certificates.queries import by_number, find
from credentials.certificates.sharing import badge_of, linkedin_address, picture_address
from credentials.certifying import replaced_by
from credentials.doors import hours, verify
from credentials.models import Certificate, Paper
from credentials.passports.showing import as_json, in_words, paper_by
from foundation.access import public, signed_in
from foundation.limits import limiter


@verify.get("")
@public
@limiter.limit("60 per minute")
def form() -> str | AnyResponse:
    asked = VerifyForm()
    if "number" not in request.args:
        return render_template("credentials/verify.html", form=asked)
    if not asked.validate():
        return render_template("credentials/verify.html", form=asked)
    return redirect(url_for("verify.result", number=read_number(asked.number.data or "") or asked.number.data), 303)


@verify.get("/<path:number>")
@public
@limiter.limit("60 per minute")
def result(number: str) -> Any:
    known = read_number(number)
    certificate = find(known) if known else None
    if known and certificate is None and (paper := paper_by(known)):
        return _paper(paper)
    if certificate is not None and certificate.is_withdrawn:
        return _withdrawn(certificate.number, certificate.revoked_at)
    if _wants_json():
        return jsonify(_as_json(known or number, certificate)), 200 if certificate else 404
    page = render_template(
        "credentials/verified.html",
        number=known or number[:60],
        mistyped=known is None,
        certificate=certificate,
        facts=facts_in_words(certificate) if certificate else [],
        picture=picture_address(certificate) if certificate else None,
        form=VerifyForm(data={"number": number[:60]}),
    )
    return page, 200 if certificate else 404


def _wants_json() -> bool:
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def _withdrawn(number: str, since: datetime | None) -> Any:
    """Its holder was erased; the number says so, and nothing about anybody."""
    if _wants_json():
        day = {"withdrawn_on": since.date().isoformat()} if since else {}
        return jsonify({"number": number, "status": "withdrawn"} | day)
    return render_template("credentials/verified_withdrawn.html", number=number, since=since)


def _paper(paper: Paper) -> Any:
    if not paper.facts:
        return _withdrawn(paper.number, None)
    if _wants_json():
        return jsonify(as_json(paper))
    return render_template("credentials/verified_paper.html", told=in_words(paper))


def _as_json(number: str, certificate: Certificate | None) -> dict[str, Any]:
    if certificate is None:
        return {"number": number, "status": "unknown"}
    facts = certificate.facts
    kept = ("name", "program", "level", "school", "minutes", "first_on", "last_on", "issued_on")
    revoked = {"revoked_on": certificate.revoked_at.date().isoformat()} if certificate.revoked_at else {}
    status = "valid" if certificate.is_valid else "revoked"
    told = {"number": certificate.number, "kind": str(certificate.kind), "status": status}
    return {**told, **revoked, **{name: facts[name] for name in kept}}


def pdf_response(content: bytes, filename: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{filename}"', "Cache-Control": "private, no-store"}
    return Response(content, mimetype="application/pdf", headers=headers)


@hours.get("/certificates/<number>")
@signed_in
def certificate_page(number: str) -> str:
    found = by_number(number, owner=current_user)
    return render_template(
        "credentials/certificate.html",
        certificate=found,
        facts=facts_in_words(found),
        unwritable=unwritable_words(found.name),
        replaced_by=replaced_by(found),
        badge=badge_of(found),
        linkedin=linkedin_address(found),
        share=verify_address(found.number),
    )


@hours.get("/certificates/<number>.pdf")
@signed_in
def certificate(number: str) -> Response:
    return pdf_response(certificate_pdf(by_number(number, owner=current_user)), f"{number}.pdf")
