"""What this room says about erasing a person: a pack that may hold their forms is removed, and made anew if need be."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from accounts.erasing.terms import Doing, Part
from credentials.models import PACK_MOVES, AccreditationPack, PackState
from desk.accrediting import storing
from enrollment.models import Enrollment
from foundation.db import db

FOLDER = "packs/"


def _before(doing: Doing) -> None:
    """Waits for a worker that is at one of them; what is typeset later no longer holds anything of theirs."""
    cohorts = select(Enrollment.cohort_id).where(Enrollment.user_id == doing.user.id)
    packs = select(AccreditationPack).where(AccreditationPack.cohort_id.in_(cohorts))
    made = packs.where(AccreditationPack.state.in_((PackState.WAITING, PackState.DONE)))
    made = made.order_by(AccreditationPack.id).with_for_update(of=AccreditationPack, key_share=True)
    for pack in db.session.scalars(made).all():
        if pack.state == PackState.DONE:
            PACK_MOVES.check(pack.state, PackState.GONE)
            pack.state = PackState.GONE
            doing.leftovers.append(f"{FOLDER}{pack.public_id}")


def _remove_file(name: str, _at: datetime) -> bool:
    if name.startswith(FOLDER):
        named = AccreditationPack.public_id == name.removeprefix(FOLDER)
        for pack in db.session.scalars(
            select(AccreditationPack).where(named, AccreditationPack.state == PackState.GONE)
        ):
            storing.remove(pack)
    return True


PART = Part(
    told=("Accreditation packs that hold forms about you.",),
    nobodys=("accreditation_pack",),
    before=_before,
    remove_file=_remove_file,
)
