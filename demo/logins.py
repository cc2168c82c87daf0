"""The logins that `make run` prints; they exist in the demo school only."""

from __future__ import annotations

PASSWORD = "fernhollow-demo"
LOGINS = (
    ("trainee", "maren.oyelaran@example.com"),
    ("graduate", "siobhan.nidhuill@example.com"),
    ("mentor", "keiko.shimabukuro@example.com"),
    ("staff and owner", "ingrid.solheim-achebe@example.com"),
)
