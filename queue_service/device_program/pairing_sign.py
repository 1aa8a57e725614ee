"""What a device shows that nobody has let in yet: the code, large, and what to do with it, for staff."""

import msgspec

WORDS = {
    "de": ("Dieses Gerät ist noch nicht angemeldet.", "Bitte geben Sie diesen Code unter „Geräte“ ein:"),
    "en": ("This device is not set up yet.", "Please enter the code above under “Devices”."),
}


class SignLine(msgspec.Struct, frozen=True):
    """Words with their language, so that a reader's voice suits them."""

    lang: str
    title: str
    text: str


class PairingSign(msgspec.Struct, frozen=True):
    """The code as it is to be typed."""

    code: str
    lines: list[SignLine]


def pairing_sign(code: str | None) -> PairingSign | None:
    """Give the sign; None for a device that needs none."""
    if code is None:
        return None
    return PairingSign(code, [SignLine(language, *words) for language, words in WORDS.items()])
