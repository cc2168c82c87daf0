"""A coaching log as somebody kept it, read."""

from datetime import date

from credentials.coaching_log.importing.reading import read_log

TODAY = date(2026, 11, 24)


ICF = "Client Name,Contact Information,Individual/Group,Number in Group,Start Date,End Date,Paid Hours,Pro Bono Hours\n"


def read(text, encoding="utf-8"):
    return read_log(text.encode(encoding) if isinstance(text, str) else text, today=TODAY)


def sums(found):
    return [sum(m for e in found.entries for m, p in e.parts if (p == "pro_bono") == free) for free in (False, True)]
