"""Scholarships: a share or a sum that staff take off for one person, by name and with a reason, before they pay."""
