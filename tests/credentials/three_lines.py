"""A passport of another school with three lines, and the same with a figure changed."""

import copy

from credentials.passports.reading import thumbprint
from tests.makers.passports import OtherSchool, line, written

HARBOUR = OtherSchool()
KNOWN = {thumbprint(HARBOUR.jwk): HARBOUR.name}
THREE = HARBOUR.passport(line("aaaa"), line("bbbb", minutes=95, day="2026-03-21"), line("cccc", kind="coaching"))
FILE = written(THREE)


def changed(place, **values):
    content = copy.deepcopy(THREE)
    content["lines"][place] |= values
    return content
