import asyncio
import unicodedata

import pytest
from argon2 import PasswordHasher, Type, extract_parameters

from queue_service.accounts import passwords
from queue_service.accounts.passwords import (
    SHORTEST_PASSWORD,
    hash_password,
    hashing_slot,
    is_outdated,
    is_password,
    make_password,
)


async def test_a_password_is_right_and_another_is_wrong() -> None:
    stored = await hash_password("Grünkohl mit Pinkel")
    assert await is_password(stored, "Grünkohl mit Pinkel")
    assert not await is_password(stored, "Grünkohl ohne Pinkel")


async def test_an_umlaut_is_the_same_however_the_keyboard_writes_it() -> None:
    stored = await hash_password(unicodedata.normalize("NFC", "Grünkohl mit Pinkel"))
    assert await is_password(stored, unicodedata.normalize("NFD", "Grünkohl mit Pinkel"))


@pytest.mark.parametrize("odd", ["", "\0", "\ud800", "x" * 1024, "🥬" * 100])
async def test_odd_characters_are_just_a_password(odd: str) -> None:
    stored = await hash_password(odd)
    assert await is_password(stored, odd)
    assert not await is_password(stored, odd + "x")


async def test_nobody_has_no_password() -> None:
    assert not await is_password(None, "")


async def test_a_hash_that_cant_be_read_opens_nothing() -> None:
    assert not await is_password("disabled by hand", "disabled by hand")


async def test_the_same_password_is_stored_differently_each_time() -> None:
    assert await hash_password("Grünkohl mit Pinkel") != await hash_password("Grünkohl mit Pinkel")


async def test_what_is_stored_is_argon2id_with_19_mib() -> None:
    parameters = extract_parameters(await hash_password("Grünkohl mit Pinkel"))
    assert (parameters.type, parameters.memory_cost) == (Type.ID, 19 * 1024)


async def test_a_hash_with_other_parameters_is_outdated_and_a_new_one_is_not() -> None:
    weaker = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash("Grünkohl mit Pinkel")
    assert is_outdated(weaker)
    assert not is_outdated(await hash_password("Grünkohl mit Pinkel"))


async def test_no_more_than_two_passwords_are_hashed_at_once() -> None:
    inside: list[int] = []
    two_are_inside = asyncio.Event()
    may_leave = asyncio.Event()

    async def hash_one(number: int) -> None:
        async with hashing_slot():
            inside.append(number)
            if len(inside) == 2:
                two_are_inside.set()
            await may_leave.wait()

    async with asyncio.TaskGroup() as hashing:
        for number in range(10):
            hashing.create_task(hash_one(number))
        # Every task had its turn before this one wakes up again.
        await two_are_inside.wait()
        assert inside == [0, 1]
        may_leave.set()
    assert inside == list(range(10))


def test_made_passwords_differ_are_long_enough_and_can_be_told_from_paper() -> None:
    made = {make_password() for _ in range(100)}
    assert len(made) == 100
    assert all(len(password) >= SHORTEST_PASSWORD for password in made)
    assert not set("".join(made)) & set("01iloIO")


def test_who_is_unknown_is_checked_against_a_hash_of_the_same_cost() -> None:
    assert not is_outdated(passwords._nobodys_hash())
