"""What each right opens, in the school's words."""

from __future__ import annotations

from accounts.models import RoleName

OPENS: dict[RoleName, str] = {
    RoleName.INSTRUCTOR: "Instructor: classes, attendance, make-ups, courses",
    RoleName.MENTOR: "Mentor: mentor hours, observation forms, evaluations",
    RoleName.ADMISSIONS: "Admissions: leads, applications, waitlists, letters",
    RoleName.REGISTRAR: "Registrar: hours, certificates, rosters, accreditation",
    RoleName.FINANCE: "Finance: orders, invoices, prices, the books",
    RoleName.EDITOR: "Editor: courses, leads",
    RoleName.OWNER: "Owner: everything, and who may do what",
}
