"""Keeps other web sites from using the pages of the local Stripe through a visitor's browser."""

from urllib.parse import urlsplit

from flask import abort, current_app, request

from payments.sandbox.settings import LOOPBACK


def refuse_other_sites() -> None:
    """Before each request to a page: the address is ours, and what changes things comes from our own pages.

    Programs that are no browser send neither Origin nor Sec-Fetch-Site and pass.
    """
    if request.host not in _own_hosts():
        abort(421, "This address is not one of the local Stripe's.")
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site not in (None, "same-origin", "none"):
        abort(403, "This form was sent from another site.")
    if origin is not None and site != "same-origin" and urlsplit(origin).netloc not in _own_hosts():
        abort(403, "This form was sent from another site.")


def _own_hosts() -> set[str]:
    named = urlsplit(current_app.config["BASE_URL"]).netloc
    own = request.host if urlsplit(f"//{request.host}").hostname in current_app.config["OWN_NAMES"] else ""
    return {name for name in (named, own) if name}


def own_names(host: str) -> set[str]:
    return {*LOOPBACK, host}
