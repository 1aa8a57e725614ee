"""The browser finds what the service asks for, within a second."""

import base64
import secrets
from pathlib import Path

from playwright.sync_api import Route

from queue_service.booking.proof_of_work import LONGEST_ANSWER, solves
from queue_service.web import assets
from tests.browser.people_at_pages import OpenPage

SCRIPT = Path(assets.__file__).parent / "static" / "booking" / "proof_of_work.js"
BITS = 14
"""A quarter of what is usual: the test is about being right."""
SOLVE = """async asked => {
    const { answer } = await import("/proof_of_work.js");
    return [await answer({ ...asked, difficulty: 0 }), await answer(asked)];
}"""


def test_a_challenge_is_solved_as_the_service_reckons(open_page: OpenPage) -> None:
    page = open_page()

    def serve(route: Route) -> None:
        script = route.request.url.endswith(".js")
        route.fulfill(
            content_type="text/javascript" if script else "text/html",
            body=SCRIPT.read_text() if script else "<title>Test</title>",
        )

    page.route("**/*", serve)
    page.goto("http://booking.test/")
    for _ in range(3):
        challenge = base64.urlsafe_b64encode(secrets.token_bytes(33)).decode()
        nothing, answer = page.evaluate(SOLVE, {"challenge": challenge, "difficulty": BITS})
        assert nothing == ""
        assert answer.startswith(f"{challenge}.")
        assert len(answer) <= LONGEST_ANSWER
        assert solves(answer, BITS)
        assert not solves(answer, 64)
