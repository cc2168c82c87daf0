"""The list of every address with its methods and who may enter; kept in `addresses.txt`."""

from __future__ import annotations

from flask import Flask

from foundation.access import entry_of


def listing(app: Flask) -> str:
    rows = []
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/fs-static"):
            methods = "/".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
            rows.append(f"{rule.rule:<60} {methods:<10} {entry_of(app, rule.endpoint)}")
    return "\n".join(sorted(rows)) + "\n"


if __name__ == "__main__":
    from app import create_app
    from foundation.config import Settings
    from tests.house.reading import ROOT

    made = create_app(Settings(env="test", database_url="postgresql://nobody@127.0.0.1:1/x", redis_url="redis://x"))
    (ROOT / "tests" / "house" / "addresses.txt").write_text(listing(made))
