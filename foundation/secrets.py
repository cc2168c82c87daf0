"""Personal data of third parties, encrypted in the row; keys rotate (newest first)."""

from __future__ import annotations

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from flask import current_app


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in current_app.config["SETTINGS"].fernet_keys])


def encrypt(text: str) -> str:
    return _keys().encrypt(text.encode()).decode()


def decrypt(sealed: str) -> str:
    """Raises ValueError where no key of the ring fits."""
    try:
        return _keys().decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise ValueError("no key of PRACTICUM_FERNET_KEYS opens this value") from None


def reseal(sealed: str) -> str:
    """The same text under the newest key. Raises ValueError where no key of the ring fits."""
    try:
        return _keys().rotate(sealed.encode()).decode()
    except InvalidToken:
        raise ValueError("no key of PRACTICUM_FERNET_KEYS opens this value") from None


def is_under_newest_key(sealed: str) -> bool:
    """Whether the first key of the ring alone opens it."""
    try:
        Fernet(current_app.config["SETTINGS"].fernet_keys[0]).decrypt(sealed.encode())
    except InvalidToken:
        return False
    return True
