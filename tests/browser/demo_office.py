"""The running demo as tests act on it: people log in, visitors come, a colleague calls."""

import ssl
from typing import Any

import httpx
import msgspec

OFFICE = "bsc-mitte"
ANSWER_WITHIN_SECONDS = 30
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Trusts nobody; without it each client reads all certificate authorities anew, in 26 ms."""


class DemoService(msgspec.Struct):
    """The running demo: its address, people and devices."""

    base_url: str
    users: dict[str, str]
    devices: dict[str, dict[str, str]]

    def api(self, username: str) -> httpx.Client:
        """Give a client of the public API, logged in."""
        client = httpx.Client(
            base_url=f"{self.base_url}/api/v1", timeout=ANSWER_WITHIN_SECONDS, verify=NO_TLS
        )
        answer = client.post("/session", json={"username": username, "password": self.users[username]})
        client.headers["Authorization"] = f"Bearer {answer.raise_for_status().json()['token']}"
        return client

    def kiosk(self) -> httpx.Client:
        """Give a client with the token of the office's kiosk."""
        token = self.devices[OFFICE]["kiosk"]
        headers = {"Authorization": f"Bearer {token}"}
        return httpx.Client(
            base_url=f"{self.base_url}/api/v1",
            headers=headers,
            timeout=ANSWER_WITHIN_SECONDS,
            verify=NO_TLS,
        )


class Hall:
    """What happens in the office while a test looks at a page: visitors come, colleagues call."""

    def __init__(self, service: DemoService) -> None:
        self.service = service
        self._kiosk = service.kiosk()
        self._supervisor = service.api("supervisor1")
        self._colleague = service.api("clerk2")

    def arrive(self, service: str = "personalausweis", **request: Any) -> dict[str, Any]:
        """Draw a number; the answer of the service."""
        body = {"service": service, **request}
        return _ok(self._kiosk.post(f"/offices/{OFFICE}/tickets", json=body))

    def open_counter(self, number: str, services: list[str] | None = None) -> None:
        """Seat the colleague."""
        body = {"services": services} if services else {}
        _ok(self._colleague.post(f"/counters/{OFFICE}.{number}/open", json=body))

    def call(self, number: str, ticket: str) -> None:
        """Let the colleague call a visitor to her counter."""
        _ok(self._colleague.post(f"/counters/{OFFICE}.{number}/call", json={"ticket": ticket}))

    def move(self, ticket: str, verb: str) -> None:
        """Let the colleague take a visitor one step."""
        _ok(self._colleague.post(f"/tickets/{ticket}/{verb}"))

    def transfer(self, ticket: str, **target: str) -> None:
        """Let the colleague send a visitor on."""
        _ok(self._colleague.post(f"/tickets/{ticket}/transfer", json=target))

    def counter_state(self, number: str) -> str:
        """Tell whether a counter is open."""
        counters = _ok(self._supervisor.get(f"/offices/{OFFICE}/counters"))["items"]
        return str(next(counter["state"] for counter in counters if counter["number"] == number))

    def end_session(self, token: str) -> None:
        """End somebody's session from elsewhere."""
        self._supervisor.delete("/session", headers={"Authorization": f"Bearer {token}"}).raise_for_status()

    def empty(self) -> None:
        """Send everybody home and close every counter."""
        queue = _ok(self._supervisor.get(f"/offices/{OFFICE}/queue"))
        for ticket in [*queue["items"], *queue["others"]]:
            # Desks show all day long whom nobody found; a visit that ends may have more to come.
            if ticket["state"] in {"serving", "no_show"}:
                _ok(self._supervisor.post(f"/tickets/{ticket['id']}/requeue"))
            _ok(self._supervisor.post(f"/tickets/{ticket['id']}/cancel"))
        for counter in _ok(self._supervisor.get(f"/offices/{OFFICE}/counters"))["items"]:
            if counter["state"] != "closed":
                _ok(self._supervisor.post(f"/counters/{counter['id']}/close"))

    def close(self) -> None:
        """Let go of the connections."""
        for client in (self._kiosk, self._supervisor, self._colleague):
            client.close()


def _ok(answer: httpx.Response) -> dict[str, Any]:
    assert answer.is_success, answer.text
    body: dict[str, Any] = answer.json()
    return body
