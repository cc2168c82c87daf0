"""What a buyer types on the hosted page, read and checked: each wrong field gets its own sentence."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from payments.sandbox import cards
from payments.sandbox.store import Json

COUNTRIES = {
    "US": "United States", "AR": "Argentina", "AU": "Australia", "AT": "Austria", "BE": "Belgium",
    "BR": "Brazil", "CA": "Canada", "CL": "Chile", "CN": "China", "CO": "Colombia", "CZ": "Czechia",
    "DK": "Denmark", "EG": "Egypt", "FI": "Finland", "FR": "France", "DE": "Germany", "GH": "Ghana",
    "GR": "Greece", "HU": "Hungary", "IN": "India", "ID": "Indonesia", "IE": "Ireland", "IL": "Israel",
    "IT": "Italy", "JP": "Japan", "KE": "Kenya", "KR": "South Korea", "MX": "Mexico", "NL": "Netherlands",
    "NZ": "New Zealand", "NG": "Nigeria", "NO": "Norway", "PH": "Philippines", "PL": "Poland",
    "PT": "Portugal", "RO": "Romania", "SG": "Singapore", "ZA": "South Africa", "ES": "Spain",
    "SE": "Sweden", "CH": "Switzerland", "TR": "Türkiye", "UA": "Ukraine", "AE": "United Arab Emirates",
    "GB": "United Kingdom", "VN": "Vietnam",
}  # fmt: skip
POSTAL = {
    "US": re.compile(r"\d{5}(-\d{4})?"),
    "CA": re.compile(r"[A-Za-z]\d[A-Za-z] ?\d[A-Za-z]\d"),
    "GB": re.compile(r"[A-Za-z0-9 ]{5,8}"),
}
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


class PayForm:
    """The buyer's form. `errors` maps a field to what is wrong with it; `params` are for a payment method."""

    def __init__(self, typed: Mapping[str, str], session: Json) -> None:
        self.typed = {name: value.replace("\x00", "").strip()[:500] for name, value in typed.items()}
        self.session = session
        self.errors: dict[str, str] = {}

    def text(self, name: str) -> str:
        return self.typed.get(name, "")

    @property
    def by_bank(self) -> bool:
        types = self.session["payment_method_types"]
        return "card" not in types or (self.text("method") == "bank" and len(types) > 1)

    def check(self, now: int, known_email: str | None) -> bool:
        """Fills `errors`; true when there are none. `now` is Stripe's time, for the card's expiry."""
        if not known_email and not _EMAIL.fullmatch(self.text("email")):
            self.errors["email"] = "Your email is incomplete." if self.text("email") else "Type your email."
        if self.session["phone_number_collection"]["enabled"] and len(re.sub(r"\D", "", self.text("phone"))) < 6:
            self.errors["phone"] = "Your phone number is incomplete."
        asked = self.session["consent_collection"]
        if asked and asked["terms_of_service"] == "required" and not self.text("terms"):
            self.errors["terms"] = "Please accept the terms of service to go on."
        if self.session["amount_total"]:
            self._check_bank() if self.by_bank else self._check_card(now)
        return not self.errors

    def _check_card(self, now: int) -> None:
        number = re.sub(r"[\s-]", "", self.text("number"))
        if not number:
            self.errors["number"] = "Type your card number."
        elif not cards.luhn(number):
            self.errors["number"] = "Your card number is invalid."
        self._check_expiry(now)
        if not re.fullmatch(r"\d{4}" if number.startswith(("34", "37")) else r"\d{3}", self.text("cvc")):
            self.errors["cvc"] = "Your card’s security code is incomplete."
        if not self.text("name"):
            self.errors["name"] = "Type the name on the card."
        self._check_address()

    def _check_expiry(self, now: int) -> None:
        month, year = self.expiry
        today = datetime.fromtimestamp(now, UTC)
        if not 1 <= month <= 12:
            self.errors["expiry"] = "Your card’s expiration date is incomplete. Write it as MM / YY."
        elif (year, month) < (today.year, today.month):
            self.errors["expiry"] = "Your card’s expiration date is in the past."
        elif year > today.year + 50:
            self.errors["expiry"] = "Your card’s expiration year is invalid."

    @property
    def expiry(self) -> tuple[int, int]:
        match = re.fullmatch(r"(\d{1,2})\s*[/ -]?\s*(\d{2}|20\d{2})", self.text("expiry"), re.ASCII)
        return (int(match[1]), 2000 + int(match[2]) % 100) if match else (0, 0)

    def _check_address(self) -> None:
        country = self.text("country")
        if country not in COUNTRIES:
            self.errors["country"] = "Choose a country."
        pattern = POSTAL.get(country)
        if pattern and not pattern.fullmatch(self.text("postal_code")):
            self.errors["postal_code"] = f"Your {'ZIP' if country == 'US' else 'postal code'} is invalid."

    def _check_bank(self) -> None:
        account = self._account
        if not self.text("holder"):
            self.errors["holder"] = "Type the name of the account’s holder."
        if self._bank_type == "sepa_debit" and not cards.iban_is_right(account):
            self.errors["account"] = "The IBAN you entered is invalid."
        if self._bank_type == "us_bank_account" and not re.fullmatch(r"\d{4,17}", account, re.ASCII):
            self.errors["account"] = "The account number you entered is invalid."

    @property
    def _bank_type(self) -> str:
        return str(next(type_ for type_ in self.session["payment_method_types"] if type_ != "card"))

    @property
    def _account(self) -> str:
        return re.sub(r"\s", "", self.text("account")).upper()

    def params(self, email: str) -> Json:
        """The payment method as `POST /v1/payment_methods` would take it."""
        billing: Json = {"email": email, "phone": self.text("phone") or None}
        if not self.session["amount_total"]:
            card: Json = {"token": "tok_visa"}
            return {
                "type": "card",
                "card": card,
                "billing_details": billing | {"name": self.text("name") or None},
            }
        if self.by_bank:
            field = "iban" if self._bank_type == "sepa_debit" else "account_number"
            bank = {field: self._account}
            billing["name"] = self.text("holder")
            return {"type": self._bank_type, self._bank_type: bank, "billing_details": billing}
        month, year = self.expiry
        card = {"number": re.sub(r"[\s-]", "", self.text("number")), "exp_month": month, "exp_year": year}
        address = {"country": self.text("country"), "postal_code": self.text("postal_code") or None}
        billing |= {"name": self.text("name"), "address": address}
        return {"type": "card", "card": card | {"cvc": self.text("cvc")}, "billing_details": billing}
