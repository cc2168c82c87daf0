"""Drives the local Stripe as buyers, banks and operators do: over HTTP."""

import time
from typing import Any

import requests

CARD = "4242424242424242"
DECLINED = "4000000000000002"
ASKS_3DS = "4000002500003155"
BANK_CLEARS = {"usd": "000123456789", "eur": "AT611904300234573201"}
BANK_FAILS = {"usd": "000222222227", "eur": "AT861904300235473202"}


class SandboxDriver:
    """The people and banks around the local Stripe at `base_url`."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url.rstrip("/")
        self.http = requests.Session()

    def pay(self, session_url: str, card: str = CARD, email: str = "buyer@example.com", **typed: str) -> str:
        """Pays with a card; returns where the buyer is sent. AssertionError when the page stays."""
        return self._sent_on(self.submit(session_url, card, email, **typed))

    def submit(
        self, session_url: str, card: str = CARD, email: str = "buyer@example.com", **typed: str
    ) -> requests.Response:
        """Posts the card form and follows nothing."""
        fields = {"email": email, "method": "card", "number": card, "expiry": "12 / 34", "cvc": "123"}
        fields |= {"name": "Ada Buyer", "country": "US", "postal_code": "94103"} | typed
        return self.http.post(session_url, fields, allow_redirects=False, timeout=60)

    def pay_by_bank(self, session_url: str, account: str = BANK_CLEARS["usd"], email: str = "b@example.com") -> str:
        """Pays with a method that clears later: the session is then complete and unpaid."""
        fields = {"email": email, "method": "bank", "holder": "Ada Buyer", "account": account}
        return self._sent_on(self.http.post(session_url, fields, allow_redirects=False, timeout=60))

    def authenticate(self, three_d_secure_url: str, *, passed: bool = True) -> requests.Response:
        answer = "complete" if passed else "fail"
        url = requests.compat.urljoin(self.base_url, three_d_secure_url)
        return self.http.post(url, {"answer": answer}, allow_redirects=False, timeout=60)

    def _sent_on(self, response: requests.Response) -> str:
        assert response.status_code == 303, f"{response.status_code}: {response.text}"
        return response.headers["Location"]

    def clear(self, session_id: str) -> None:
        """The bank's money arrives."""
        self._act(f"/control/sessions/{session_id}/clear")

    def fail(self, session_id: str) -> None:
        """The bank's money will not come."""
        self._act(f"/control/sessions/{session_id}/fail")

    def expire(self, session_id: str) -> None:
        self._act(f"/control/sessions/{session_id}/expire")

    def refund(self, session_id: str, amount: int | None = None) -> None:
        """A refund made in the dashboard, by a person; all of it unless cents are given."""
        self._act(f"/control/sessions/{session_id}/refund", **({"amount": str(amount)} if amount else {}))

    def fail_refund(self, refund_id: str) -> None:
        """The buyer's bank sends a refund back, days after it succeeded."""
        self._act(f"/control/refunds/{refund_id}/fail")

    def resend(self, delivery_id: int) -> None:
        self._act(f"/control/deliveries/{delivery_id}/resend")

    def _act(self, path: str, **fields: str) -> None:
        headers = {"Accept": "application/json"}
        response = self.http.post(self.base_url + path, fields, headers=headers, timeout=60)
        assert response.ok, response.text

    def faults(self, **switches: Any) -> dict[str, Any]:
        """`duplicate=True`, `drop=1`, `delay={"seconds": 2, "types": [...]}`; False switches off."""
        response = self.http.post(f"{self.base_url}/_faults", json=switches, timeout=60)
        assert response.ok, response.text
        said: dict[str, Any] = response.json()
        return said

    def no_faults(self) -> None:
        self.http.delete(f"{self.base_url}/_faults", timeout=60).raise_for_status()

    def advance(self, seconds: int) -> None:
        """Moves Stripe's clock forward; what is due by then happens."""
        self.http.post(f"{self.base_url}/_clock", json={"advance": seconds}, timeout=60).raise_for_status()

    def reset(self) -> None:
        self.http.post(f"{self.base_url}/_reset", timeout=60).raise_for_status()

    def deliveries(self, type_: str | None = None) -> list[dict[str, Any]]:
        """Webhook deliveries, the oldest first."""
        found = self.http.get(f"{self.base_url}/_deliveries", timeout=60).json()["deliveries"]
        return [d for d in reversed(found) if type_ in (None, d["event_type"])]

    def wait_for_deliveries(self, seconds: float = 120.0) -> list[dict[str, Any]]:
        """Waits until no delivery is due or to be tried again; returns all of them."""
        until = time.monotonic() + seconds
        while self.http.get(f"{self.base_url}/_deliveries", timeout=60).json()["pending"]:
            assert time.monotonic() < until, f"still waiting: {self.deliveries()}"
            time.sleep(0.05)
        return self.deliveries()
