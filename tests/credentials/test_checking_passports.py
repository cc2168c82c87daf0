"""Reading a passport: one changed digit names the line, and whatever is uploaded is answered in words."""

import copy
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.passports.checking import check
from credentials.passports.reading import Unreadable, read
from credentials.passports.sealing import sealed, with_digest
from tests.credentials.three_lines import FILE, HARBOUR, KNOWN, THREE, changed
from tests.makers.passports import OtherSchool, line, written


def test_a_file_as_it_was_signed_is_valid_where_its_school_is_known_and_says_so_where_not():
    assert check(FILE, KNOWN).verdict == "valid"
    assert check(FILE, {}).verdict == "unknown_signer"


def test_spaces_and_the_order_of_keys_do_not_matter():
    again = json.dumps(json.loads(FILE), sort_keys=True).encode()
    assert check(b"\xef\xbb\xbf" + again, KNOWN).is_valid


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize(
    "change", [{"minutes": 121}, {"day": "2026-03-15"}, {"state": "sent"}, {"kind": "mentor"}, {"core_minutes": 91}]
)
def test_one_changed_figure_names_its_line(place, change):
    (fault,) = check(written(changed(place, **change)), KNOWN).faults
    assert (fault.line, fault.where) == (place + 1, "abc"[place] * 4)


def test_a_line_whose_digest_was_made_to_fit_is_named_all_the_same():
    content = changed(1, minutes=9500)
    content["lines"][1] = with_digest(content["lines"][1])
    (fault,) = check(written(content), KNOWN).faults
    assert fault.line == 2 and "2026-03-21" in fault.words


def test_lines_that_are_gone_added_twice_or_moved_are_named():
    gone, added, moved = copy.deepcopy(THREE), copy.deepcopy(THREE), copy.deepcopy(THREE)
    del gone["lines"][1]
    added["lines"].append(with_digest(line("dddd")))
    moved["lines"].reverse()
    twice = copy.deepcopy(THREE)
    twice["lines"].append(twice["lines"][0])
    said = [check(written(one), KNOWN).faults for one in (gone, added, moved, twice)]
    assert [faults[0].where for faults in said] == ["bbbb", "dddd", "lines", "lines"]
    assert "gone" in said[0][0].words and "added" in said[1][0].words


@pytest.mark.parametrize(
    ("name", "value"), [("holder", {"name": "Ben Okri"}), ("number", "X"), ("issued_at", "2020"), ("minutes", [])]
)
def test_a_changed_head_is_named(name, value):
    content = copy.deepcopy(THREE) | {name: value if name != "minutes" else [{"kind": "mentor"}]}
    assert check(written(content), KNOWN).faults[0].where == name


def test_a_whole_signed_by_a_strangers_key_is_never_taken_for_the_schools():
    forged = {name: value for name, value in THREE.items() if name != "proof"}
    forged["proof"] = sealed(forged, OtherSchool("A stranger").sign)
    assert check(written(forged), KNOWN).verdict == "unknown_signer"


def test_a_strangers_key_under_the_schools_name_changes_nothing():
    """The key in the file is only a claim: put the school's key beside a stranger's signature and it does not fit."""
    header, payload, _ = THREE["proof"].split(".")
    _, _, other = OtherSchool("A stranger").passport(*THREE["lines"])["proof"].split(".")
    content = THREE | {"proof": f"{header}.{payload}.{other}"}
    assert check(written(content), KNOWN).faults[-1].where == "proof"


@given(st.integers(0, len(FILE) - 1), st.integers(0, 255))
def test_whichever_byte_is_changed_the_passport_is_refused_or_says_the_very_same(place, byte):
    data = FILE[:place] + bytes([byte]) + FILE[place + 1 :]
    try:
        looked = check(data, KNOWN)
    except Unreadable as unreadable:
        assert str(unreadable)
        return
    assert looked.faults or read(data) == THREE


DIGITS = [found.start() for found in re.finditer(rb"\d", FILE)]


@given(st.sampled_from(DIGITS), st.sampled_from(b"0123456789"))
def test_whichever_digit_is_changed_the_place_is_named(place, digit):
    data = FILE[:place] + bytes([digit]) + FILE[place + 1 :]
    if data == FILE:
        return
    try:
        looked = check(data, KNOWN)
    except Unreadable as unreadable:
        assert str(unreadable)
        return
    assert looked.faults
    within = [n for n, part in enumerate(THREE["lines"], 1) if _holds(part["id"], place)]
    assert {fault.line for fault in looked.faults} >= set(within)


def _holds(name, place):
    start = FILE.index(b'"id": "' + name.encode())
    return start <= place < FILE.index(b"}", FILE.index(b'"sha256": "', FILE.index(b"}", start)))


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_whatever_is_uploaded_is_answered_in_words(data):
    with pytest.raises(Unreadable):
        check(data, KNOWN)


@pytest.mark.parametrize(
    "text",
    [
        b"[" * 100_000,
        FILE.replace(b'"minutes": 120,', b'"minutes": 120, "minutes": 1200,', 1),
        FILE.replace(b'"minutes": 120,', b'"minutes": 120.0,', 1),
        FILE.replace(b'"minutes": 120,', b'"minutes": NaN,', 1),
        FILE.replace(b'"Listening"', b'"\\ud800"', 1),
        FILE.replace(b'"Listening"', b'"Listening\\u0000"', 1),
        FILE.replace(b'"practicum-passport/2"', b'["practicum-passport/2"]', 1),
        FILE[:-3],
    ],
)
def test_what_two_readers_could_read_in_two_ways_is_not_read(text):
    with pytest.raises(Unreadable):
        check(text, KNOWN)


@pytest.mark.parametrize(
    "odd",
    [
        *({"minutes": -5}, {"minutes": True}, {"core_minutes": 500}, {"day": "2026-02-30"}, {"title": ""}),
        *({"kind": "gold"}, {"kind": ["coaching"]}, {"state": {}}, {"confirmed": {"by": [], "on": "2026-03-02"}}),
    ],
)
def test_a_signed_line_that_makes_no_sense_is_named(odd):
    (fault,) = check(written(HARBOUR.passport(line(), line("bbbb", **odd))), KNOWN).faults
    assert (fault.line, "makes no sense" in fault.words) == (2, True)
