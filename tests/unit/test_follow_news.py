"""What a visitor is told on the own page, state by state, and when it is time to come back."""

from typing import Any

import pytest

from queue_service.protocol.stream import WaitRange
from queue_service.queueing.model import FollowedTicket
from queue_service.web.follow_news import (
    RETURN_MINUTES,
    RETURN_PEOPLE_AHEAD,
    News,
    news_of,
    should_return,
)
from queue_service.web.languages import texts

COME_BACK = "Bitte kommen Sie jetzt zurück."
RECEPTION = {"de": "Empfang: rechts vom Eingang.", "en": "Reception: right of the entrance."}


def ticket(
    state: str = "waiting", ahead: int | None = 12, low: int | None = 30, **other: Any
) -> FollowedTicket:
    wait = None if low is None else WaitRange(low, low + 20)
    facts = {"counter": None, "counter_name": None, "called_at": None, **other}
    return FollowedTicket("A042", "bsc-mitte", state, ahead, wait, **facts)  # type: ignore[arg-type]


def told(of: FollowedTicket, language: str = "de") -> News:
    return news_of(of, language, texts(language), RECEPTION)


@pytest.mark.parametrize(
    ("ahead", "low", "back"),
    [
        (12, RETURN_MINUTES + 1, False),
        (12, RETURN_MINUTES, True),
        (RETURN_PEOPLE_AHEAD + 1, 30, False),
        (RETURN_PEOPLE_AHEAD, 30, True),
        (0, None, True),
        (RETURN_PEOPLE_AHEAD + 1, None, False),
    ],
)
def test_it_is_time_to_return_when_few_are_ahead_or_the_wait_may_soon_be_over(
    ahead: int, low: int | None, back: bool
) -> None:
    waiting = ticket(ahead=ahead, low=low)
    assert should_return(waiting) is back
    assert (told(waiting).call == COME_BACK) is back
    assert told(waiting).urgent is back


@pytest.mark.parametrize("state", ["called", "serving", "parked", "no_show", "finished", "cancelled"])
def test_nobody_else_is_asked_to_return(state: str) -> None:
    assert not should_return(ticket(state, ahead=None, low=None))


def test_who_waits_far_off_reads_people_and_range_and_may_stay_nearby() -> None:
    news = told(ticket())
    assert news.headline == "Vor Ihnen warten noch 12 Personen."
    assert news.range == "etwa 30 bis 50 Minuten"
    assert news.advice.startswith("Bitte bleiben Sie in der Nähe.")


def test_in_a_pause_nobody_is_called_back_and_the_number_stays_valid() -> None:
    news = told(ticket(ahead=0, hall="paused"))
    assert news.range == "Der Aufruf ist kurz unterbrochen. Ihre Nummer bleibt gültig."
    assert not news.call


def test_who_may_not_be_served_any_more_today_is_sent_to_the_reception_and_not_back_to_wait() -> None:
    news = told(ticket(ahead=1, low=None, wait_reason="closes_before"))
    assert "Empfang" in news.advice
    assert not news.call


def test_a_call_names_the_counter_in_the_language_that_the_office_has_for_it() -> None:
    names = {"de": "Schalter 3", "en": "Counter 3"}
    called = ticket("called", None, None, counter="3", counter_name=names)
    assert told(called).place == ("Schalter 3", "de")
    assert told(called, "ar").place == ("Counter 3", "en")
    assert told(called).urgent


def test_a_counter_without_a_name_is_named_by_its_sign() -> None:
    assert told(ticket("called", None, None, counter="3", counter_name={})).place == ("3", "de")


def test_who_is_picked_up_is_sent_to_no_counter() -> None:
    called = ticket("called", None, None, counter="3", counter_name={"de": "Schalter 3"}, pick_up=True)
    news = told(called)
    assert news.call == "Wir holen Sie am Empfang ab."
    assert news.place is None
    assert news.advice == RECEPTION["de"]


def test_everybody_leaves_whatever_the_ticket_says() -> None:
    news = told(ticket("called", None, None, counter="3", counter_name={"de": "Schalter 3"}, hall="leave"))
    assert news.headline == "Bitte verlassen Sie jetzt das Gebäude."
    assert news.place is None


def test_a_ticket_that_was_merged_says_which_number_to_watch() -> None:
    assert told(ticket("cancelled", None, None, served_with="A040")).headline.endswith("A040")


@pytest.mark.parametrize(
    ("state", "headline"),
    [
        ("serving", "Sie werden bedient."),
        ("parked", "Ihr Anliegen ist kurz unterbrochen."),
        ("no_show", "Ihre Nummer wurde schon aufgerufen."),
        ("finished", "Ihr Besuch ist beendet."),
        ("cancelled", "Diese Nummer gilt nicht mehr."),
    ],
)
def test_every_other_state_is_said_in_words_with_what_to_do(state: str, headline: str) -> None:
    news = told(ticket(state, None, None))
    assert news.headline == headline
    assert news.advice
