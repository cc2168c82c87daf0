"""A person's own data: what the school holds, to take away; and what stays when an account goes, in plain words."""

from __future__ import annotations

from flask import Response, render_template
from flask_login import current_user

from accounts.privacy.packing import everything_of
from accounts.views import account
from foundation.access import signed_in
from foundation.audit import record
from foundation.clock import now
from foundation.db import db
from foundation.limits import limiter

__all__ = ["account"]


@account.get("/account/data")
@signed_in
def data() -> str:
    return render_template("accounts/data.html")


@account.get("/account/data.zip")
@signed_in
@limiter.limit("10/hour")
def data_zip() -> Response:
    at = now()
    pack = everything_of(current_user, at)
    record("account.data_taken", subject=current_user, actor=current_user, at=at, bytes=len(pack))
    db.session.commit()
    headers = {"Content-Disposition": 'attachment; filename="my-data.zip"', "Cache-Control": "no-store"}
    return Response(pack, content_type="application/zip", headers=headers)
