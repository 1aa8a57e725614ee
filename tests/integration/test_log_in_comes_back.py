"""Whoever has to log in first gets to the page that was asked for, with all that its address said."""

from urllib.parse import parse_qs, urlsplit

from tests.integration.running_service import RunningService


async def test_the_callers_number_survives_the_log_in(running_service: RunningService) -> None:
    async with running_service.client() as browser:
        answer = await browser.get("/phone?caller=%2B494213610&x=1", headers={"Accept": "text/html"})
    assert answer.status_code == 303
    login = urlsplit(answer.headers["Location"])
    assert login.path == "/login"
    assert parse_qs(login.query)["next"] == ["/phone?caller=%2B494213610&x=1"]
