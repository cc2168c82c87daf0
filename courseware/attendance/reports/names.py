"""Names as people write them into a meeting room: accents, order, pronouns and devices make no difference."""

from __future__ import annotations

import re
import unicodedata

NOT_DECOMPOSED = str.maketrans({"ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "æ": "ae", "œ": "oe", "ı": "i"})
BRACKETS = re.compile(r"[(\[{（【<]([^()\[\]{}（）【】<>]*)[)\]}）】>]")
PRONOUNS = re.compile(
    r"\b(?:he|she|they|ze|zie|xe|ey|it|any|all|him|her|them|el|ella|elle|elles|il|ils|lui|er|sie|"
    r"ele|ela|hij|zij|han|hon|hen)(?:\s*[/|]\s*[^\W\d_]+)+|\b(?:any|all) pronouns\b|\bpronouns?\s*:\s*\S+"
)
DEVICE = r"(?:iphone|ipad|ipod|macbook|imac|mac mini|galaxy|samsung|pixel|huawei|oneplus|android|laptop|phone|mobile|"
DEVICE += r"tablet|desktop|computer|surface|chromebook|thinkpad|pc|telefono|telefoon)"
OWNED = re.compile(rf"(?:['’`´]s)?\s*\b{DEVICE}\b.*$")
OWNS = re.compile(rf"^{DEVICE}\s+(?:de|di|da|do|von|van|of|for|d['’])\s*(?=\w)")
ROLES = re.compile(r"\b(?:guest|host|co-?host|external|unverified|gast|invitado|invite)\b")
CREDENTIALS = re.compile(
    r"\b(?:acc|pcc|mcc|cpcc|phd|ph\.d\.|lcsw|icf)\b|,\s*(?:ma|msc|ms|mba|md|ba|bsc|rn|jd|dr|med)\b"
)
TITLES = re.compile(r"^(?:dr|prof|mr|mrs|ms|mx|herr|frau|sr|sra)\.?\s+(?=\S+\s+\S)")
PARTS = re.compile(r"\s[-–—|•·:/]\s|[|•·]")


def folded(name: str) -> str:
    """A name for comparing: small letters without accents, its words in order of the alphabet. Empty for no name."""
    return " ".join(sorted(_words(_bare(name.casefold()))))


def readings(name: str) -> list[str]:
    """The names that a display name may hold, folded, the whole first: `Ana L. (Ana Lima)` holds two."""
    small = name.casefold()
    inside = [found for found in BRACKETS.findall(small) if "/" not in found]
    without = BRACKETS.sub(" ", small)
    written = [without, *inside, *PARTS.split(without), small]
    return [found for found in dict.fromkeys(folded(one) for one in written) if found]


def alike(one: str, other: str) -> bool:
    """Whether one folded name may be the other: it lacks a middle name, or spells ü as ue. For a person to judge."""
    mine, theirs = set(one.split()), set(other.split())
    small, large = sorted((mine, theirs), key=len)
    if small and small <= large:
        return True
    return _without_umlauts(one) == _without_umlauts(other) or one.replace(" ", "") == other.replace(" ", "")


def _bare(small: str) -> str:
    without = BRACKETS.sub(" ", small)
    if not without.strip():
        without = small
    for pattern in (PRONOUNS, OWNS, OWNED, ROLES, CREDENTIALS):
        without = pattern.sub(" ", without)
    return TITLES.sub("", without.strip())


def _words(small: str) -> list[str]:
    letters = unicodedata.normalize("NFKD", re.sub(r"['’ʼ`´]", "", small.translate(NOT_DECOMPOSED)))
    plain = (sign for sign in letters if not unicodedata.combining(sign))
    return "".join(sign if unicodedata.category(sign)[0] in "LM" else " " for sign in plain).split()


def _without_umlauts(name: str) -> str:
    return re.sub(r"([aou])e", r"\1", name)
