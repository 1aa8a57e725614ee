"""One agent at one console: what the tests of ``/phone`` share. Each begins with a new call."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.demo_office import DemoService
from tests.browser.phone.phone_console import Agent, Console, Others


@pytest.fixture(scope="module")
def agent(demo_service: DemoService, chromium: Browser) -> Iterator[Agent]:
    """Somebody who has logged in this morning."""
    somebody = Agent(demo_service, chromium)
    yield somebody
    somebody.leave()


@pytest.fixture
def others(agent: Agent) -> Iterator[Others]:
    """Colleagues, whose appointments are cancelled after the test."""
    colleagues = Others(agent.api)
    yield colleagues
    colleagues.tidy()


@pytest.fixture
def console(agent: Agent) -> Iterator[Console]:
    """The page that the agent has open all day, at a new call."""
    yield from _next_call(agent.console)


@pytest.fixture
def clocked(agent: Agent) -> Iterator[Console]:
    """The same on a computer whose clock the test can put forward."""
    yield from _next_call(agent.console_with_own_clock)


def _next_call(console: Console) -> Iterator[Console]:
    console.begin_call()
    yield console
    assert console.thrown == []
