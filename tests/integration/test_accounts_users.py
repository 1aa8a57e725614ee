"""Looking after users: what can be entered, what can't, and what doing it twice does."""

import pytest

from queue_service.accounts import service
from queue_service.accounts.model import Grant, Role
from queue_service.accounts.service import AuthorityNotFound, UserNotFound
from queue_service.accounts.store import UsernameTaken
from queue_service.platform.errors import InvalidFields, OfficeNotFound
from queue_service.platform.queries import Connection
from tests.integration.people import MORNING, PASSWORD, hire, places


async def test_a_new_user_is_listed_without_a_role(conn: Connection) -> None:
    user_id = await hire(conn, "clerk1")
    assert await service.list_users(conn) == [service.User(user_id, "clerk1", "Clerk1", False, ())]


async def test_a_user_name_is_taken_in_capitals_too(conn: Connection) -> None:
    await hire(conn, "clerk1")
    with pytest.raises(UsernameTaken):
        await service.create_user(conn, MORNING, "CLERK1", "Somebody else", PASSWORD)


async def test_every_bad_field_of_a_new_user_is_named(conn: Connection) -> None:
    with pytest.raises(InvalidFields) as refused:
        await service.create_user(conn, MORNING, "no spaces", "\x1b[31m", "short")
    assert [error.field for error in refused.value.errors] == ["username", "display_name", "password"]


@pytest.mark.parametrize("username", ["", "-x", "a b", "a\0", "ä", "x" * 101, "a\nb"])
async def test_a_user_name_that_cant_be_typed_everywhere_is_refused(conn: Connection, username: str) -> None:
    with pytest.raises(InvalidFields):
        await service.create_user(conn, MORNING, username, "Anna", PASSWORD)


@pytest.mark.parametrize("password", ["", "elevenchars", "x" * 1025])
async def test_a_password_too_short_or_absurdly_long_is_refused(conn: Connection, password: str) -> None:
    await hire(conn, "clerk1")
    with pytest.raises(InvalidFields):
        await service.set_password(conn, "clerk1", password)


async def test_giving_a_role_twice_gives_it_once(conn: Connection) -> None:
    mitte, _ = (await places(conn))["bsc-mitte"]
    await hire(conn, "clerk1")
    for _ in range(2):
        await service.grant(conn, "clerk1", Role.CLERK, office="bsc-mitte")
        await service.grant(conn, "clerk1", Role.ADMIN)
    [user] = await service.list_users(conn)
    assert user.grants == (Grant(Role.ADMIN), Grant(Role.CLERK, office_id=mitte, office="bsc-mitte"))


async def test_withdrawing_takes_exactly_one_role_at_one_place(conn: Connection) -> None:
    _, bremen = (await places(conn))["bsc-mitte"]
    await hire(conn, "clerk1", Role.CLERK, office="bsc-mitte")
    await service.grant(conn, "clerk1", Role.CLERK, authority="bremen")
    await service.grant(conn, "clerk1", Role.RECEPTION, office="bsc-mitte")
    await service.withdraw(conn, "clerk1", Role.CLERK, office="bsc-mitte")
    [user] = await service.list_users(conn)
    assert [(held.role, held.office, held.authority_id) for held in user.grants] == [
        (Role.CLERK, None, bremen),
        (Role.RECEPTION, "bsc-mitte", None),
    ]


async def test_a_role_at_an_office_that_isnt_there_is_refused(conn: Connection) -> None:
    await hire(conn, "clerk1")
    with pytest.raises(OfficeNotFound):
        await service.grant(conn, "clerk1", Role.CLERK, office="nowhere")
    with pytest.raises(AuthorityNotFound):
        await service.grant(conn, "clerk1", Role.CLERK, authority="nowhere")


async def test_a_role_reaches_an_office_or_an_authority_and_not_both(conn: Connection) -> None:
    await hire(conn, "clerk1")
    with pytest.raises(ValueError, match="not both"):
        await service.grant(conn, "clerk1", Role.CLERK, office="bsc-mitte", authority="bremen")


async def test_a_user_who_isnt_there_can_neither_get_nor_lose_anything(conn: Connection) -> None:
    for verb in (
        service.grant(conn, "nobody", Role.CLERK),
        service.withdraw(conn, "nobody", Role.CLERK),
        service.disable(conn, MORNING, "nobody"),
        service.enable(conn, "nobody"),
        service.set_password(conn, "nobody", PASSWORD),
    ):
        with pytest.raises(UserNotFound):
            await verb
