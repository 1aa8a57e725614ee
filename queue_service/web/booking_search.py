"""Which services somebody means who types a word, on the server so that it works without scripts.

Every word typed has to stand in the service's name, or in what callers say for it.
"""

import re
import unicodedata
from collections.abc import Sequence

from queue_service.offices.catalogue import OfferedService
from queue_service.web.everyday_words import everyday_words

LONGEST_SEARCH = 100
WORD = re.compile(r"\w+")
TWO_LETTERS = re.compile("([aou])e")
"""How umlauts are written without their dots; folding them in words that never had any does no harm."""
SHORT = 3
"""Letters that would be found within far too many words: they have to begin one."""


def folded(text: str) -> str:
    """Give a text as it is compared: small, umlauts as they are typed on keyboards without them.

    ``Führerschein``, ``Fuehrerschein`` and ``Fuhrerschein`` become the same; so do the scripts'
    ``fold`` in ``static/booking/service_filter.js``.
    """
    apart = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(character for character in apart if not unicodedata.combining(character))
    return TWO_LETTERS.sub(lambda spelled: spelled[1], plain)


def search_text(service: OfferedService) -> str:
    """Give all words by which a service is found, in every language that it is named in."""
    german = service.name.get("de", "")
    return folded(" ".join([*service.name.values(), *everyday_words(german), service.code]))


def search_services(services: Sequence[OfferedService], typed: str) -> list[OfferedService]:
    """Give the services that are meant; all of them when nothing was typed."""
    words = WORD.findall(folded(typed[:LONGEST_SEARCH]))
    return [service for service in services if _fits(words, search_text(service))]


def _fits(words: Sequence[str], text: str) -> bool:
    # German words are long: "ausweis" is found within "personalausweis" too.
    return all(word in text if len(word) > SHORT else re.search(rf"\b{word}", text) for word in words)
