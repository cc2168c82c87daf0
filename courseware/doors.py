"""The blueprints of this room; the views that stand behind them live beside their subject."""

from __future__ import annotations

from flask import Blueprint

learn = Blueprint("learn", __name__, url_prefix="/learn")
classes = Blueprint("classes", __name__, url_prefix="/classes")
staff_classes = Blueprint("staff_classes", __name__, url_prefix="/staff")
MARKING = ("instructor", "registrar")
