"""Staff: leads, cohorts and who is in them."""

from __future__ import annotations

from flask import Blueprint

staff_enrollment = Blueprint("staff_enrollment", __name__, url_prefix="/staff")
