"""Holds refusals against the OpenAPI document: of a form, and with a code that their operation lists."""

import re
from typing import Any

import httpx

from queue_service.platform.http import PROBLEM_MEDIA_TYPE


class Documented:
    """The operations of a document, found by method and path of a request."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._operations = [
            (method.upper(), re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), operation)
            for path, item in document["paths"].items()
            for method, operation in item.items()
        ]

    def fault(self, answer: httpx.Response) -> str | None:
        """Tell what is wrong with a refusal; None when it is a problem that its operation documents."""
        told = malformed(answer)
        if told:
            return told
        codes = self._codes(answer)
        return None if answer.json()["code"] in codes else f"undocumented: {answer.text[:200]}"

    def _codes(self, answer: httpx.Response) -> list[str]:
        path = answer.request.url.raw_path.decode().partition("?")[0]
        for method, form, operation in self._operations:
            if method == answer.request.method and form.fullmatch(path):
                listed = operation["responses"].get(str(answer.status_code), {"content": {}})
                schema = listed["content"].get(
                    PROBLEM_MEDIA_TYPE, {"schema": {"properties": {"code": {"enum": []}}}}
                )
                codes: list[str] = schema["schema"]["properties"]["code"]["enum"]
                return codes
        # A path that is none, or a method that a path doesn't have.
        return ["not_found", "method_not_allowed"]


def malformed(answer: httpx.Response) -> str | None:
    """Tell why an answer is no refusal of a program's request."""
    if answer.headers.get("Content-Type") != PROBLEM_MEDIA_TYPE:
        return f"{answer.status_code} as {answer.headers.get('Content-Type')}"
    at_fault = not 400 <= answer.status_code < 500
    return answer.text[:200] if at_fault or answer.json()["status"] != answer.status_code else None


async def read_document(client: httpx.AsyncClient) -> Documented:
    """Ask a running service for its document."""
    return Documented((await client.get("/schema/openapi.json")).json())
