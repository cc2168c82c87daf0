"""Certificate numbers: `FSC-2026-7K3M-9QTX`. Nobody guesses one, and a slip of the pen is noticed.

31 signs without 0, O, I, L and U; the last sign checks the others (position times value, modulo 31, a prime), which
finds every single wrong sign and every pair of neighbours that changed places.
"""

from __future__ import annotations

import re
import secrets
import unicodedata

SIGNS = "123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM = 7
LOOKALIKES = str.maketrans({"I": "1", "L": "1", "U": "V"})
YEAR_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new_number(school: str, year: int) -> str:
    """A new number: the school's initials, the year, 35 random bits and a check sign."""
    code = "".join(secrets.choice(SIGNS) for _ in range(RANDOM))
    return _shown(initials(school), str(year), code + check_sign(str(year), code))


def initials(school: str) -> str:
    """`Fernhollow School of Coaching` is `FSC`; at most four letters of A to Z."""
    ascii_name = unicodedata.normalize("NFKD", school)
    found = "".join(word[0] for word in re.findall(r"[A-Za-z]+", ascii_name) if word[0].isupper())
    return found[:4] or "PR"


def check_sign(year: str, code: str) -> str:
    values = [int(digit) for digit in year] + [SIGNS.index(sign) for sign in code]
    return SIGNS[sum(place * value for place, value in enumerate(values, start=1)) % len(SIGNS)]


def read_number(typed: str) -> str | None:
    """What was typed as it stands in the books: any case, spaces, dashes and lookalikes. None where it can't be one."""
    bare = re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", typed)).upper()
    if not 13 <= len(bare) <= 16:
        return None
    prefix, year, code = bare[:-12], bare[-12:-8].translate(YEAR_LOOKALIKES), bare[-8:].translate(LOOKALIKES)
    if not (year.isascii() and year.isdigit()) or any(sign not in SIGNS for sign in code):
        return None
    return _shown(prefix, year, code) if check_sign(year, code[:-1]) == code[-1] else None


def _shown(prefix: str, year: str, code: str) -> str:
    return f"{prefix}-{year}-{code[:4]}-{code[4:]}"
