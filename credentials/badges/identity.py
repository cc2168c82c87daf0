"""Who issues: the school under its public address, as `did:web` and as an Open Badges profile."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import current_app

from credentials.models import SigningKey

Json = dict[str, Any]


def address(path: str = "") -> str:
    """A path of ours under the address that people see."""
    return str(current_app.config["SETTINGS"].base_url).rstrip("/") + path


def school_did() -> str:
    """`did:web:school.example`; a port is written `%3A` (W3C CCG, did:web method)."""
    return "did:web:" + urlsplit(address()).netloc.replace(":", "%3A")


def key_name(key: SigningKey) -> str:
    return f"{school_did()}#{key.public_id}"


def did_document(keys: list[SigningKey]) -> Json:
    """The DID document: every key may prove what it signed."""
    did = school_did()
    methods = [
        {"id": key_name(key), "type": "JsonWebKey2020", "controller": did, "publicKeyJwk": key.public_jwk}
        for key in keys
    ]
    names = [key_name(key) for key in keys]
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/suites/jws-2020/v1"],
        "id": did,
        "verificationMethod": methods,
        "assertionMethod": names,
        "authentication": names,
        "service": [{"id": f"{did}#profile", "type": "LinkedDomains", "serviceEndpoint": address("/badges/issuer")}],
    }


def key_set(keys: list[SigningKey]) -> Json:
    """The same keys as a JSON Web Key Set (RFC 7517)."""
    return {"keys": [key.public_jwk | {"kid": key_name(key), "use": "sig", "alg": "EdDSA"} for key in keys]}


def profile() -> Json:
    """The issuer's profile, as Open Badges 3.0 names it."""
    settings = current_app.config["SETTINGS"]
    return {
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        ],
        "id": school_did(),
        "type": ["Profile"],
        "name": settings.school_name,
        "url": address("/"),
        "email": settings.school_email,
    }
