"""An authority's own words: looked at, used, refused by name, given up again; by its administrators alone."""

import httpx

from queue_service.accounts.model import Role
from tests.integration.running_service import RunningService

PATH = "/api/v1/authorities/bremen/texts/booked/sms/de"
OWN = "Moin! {short_day}, {time}\n{office}\n{reference}"


async def test_a_text_is_looked_at_then_used_then_given_up(running_service: RunningService) -> None:
    async with running_service.client(await running_service.staff_token(Role.ADMIN)) as admin:
        standard = (await admin.get(PATH)).raise_for_status().json()
        assert standard["is_standard"]
        assert "{respond_by}" not in standard["placeholders"]
        looked = (await admin.put(PATH, json={"text": OWN, "preview": True})).raise_for_status().json()
        assert looked["preview"]["text"].startswith("Moin! Di 08.12.2026, 10:15 Uhr\nBürgeramt Musterstadt")
        assert (await admin.get(PATH)).json() == standard
        used = (await admin.put(PATH, json={"text": OWN})).raise_for_status().json()
        assert (await admin.get(PATH)).json() == used
        assert (used["text"], used["is_standard"]) == (OWN, False)
        bremerhaven = await admin.get(PATH.replace("bremen", "bremerhaven"))
        assert bremerhaven.json()["is_standard"]
        assert (await admin.delete(PATH)).status_code == httpx.codes.NO_CONTENT
        assert (await admin.get(PATH)).json() == standard
        await _is_refused_by_name(admin)


async def _is_refused_by_name(admin: httpx.AsyncClient) -> None:
    answer = await admin.put(PATH, json={"text": OWN + "\n{services}", "preview": True})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_fields")
    [fault] = answer.json()["errors"]
    assert fault["field"] == "text"
    assert fault["message"].startswith("Line 4: {services} is not known here; known are {greeting}")
    letter = PATH.replace("sms", "letter")
    answer = await admin.put(letter, json={"text": "Termin\n\n✆ {appointment}", "preview": True})
    assert "must stand alone" in answer.json()["errors"][0]["message"]
    answer = await admin.put(letter, json={"text": "Termin\n\n✆ 115\n{appointment}", "preview": True})
    assert answer.json()["errors"][0]["message"] == "A letter can't show these characters: ✆."
    for path in (PATH.replace("sms", "fax"), PATH.replace("booked", "sold"), PATH + "%7B"):
        assert (await admin.get(path)).status_code == httpx.codes.BAD_REQUEST
    unknown = await admin.get(PATH.replace("bremen", "atlantis"))
    assert unknown.json()["code"] == "authority_not_found"
