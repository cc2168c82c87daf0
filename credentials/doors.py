"""The blueprints of this room; the views that stand behind them live beside their subject."""

from __future__ import annotations

from flask import Blueprint

hours = Blueprint("hours", __name__, url_prefix="/hours")
credentials = Blueprint("credentials", __name__, url_prefix="/credentials")
verify = Blueprint("verify", __name__, url_prefix="/verify")
confirm = Blueprint("confirm", __name__, url_prefix="/confirmations")
staff_hours = Blueprint("staff_hours", __name__, url_prefix="/staff/hours")
staff_certificates = Blueprint("staff_certificates", __name__, url_prefix="/staff/certificates")
staff_mentors = Blueprint("staff_mentors", __name__, url_prefix="/staff/mentors")
staff_rules = Blueprint("staff_rules", __name__, url_prefix="/staff/rules")
staff_mentoring = Blueprint("staff_mentoring", __name__, url_prefix="/staff/mentoring")
staff_accreditation = Blueprint("staff_accreditation", __name__, url_prefix="/staff/accreditation")
