"""Where a caller lives, to a kilometre: enough to name the nearest office, too little to find anybody.

Pure: from a postal code or the name of a quarter to a position. What is typed is kept nowhere.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean
from types import MappingProxyType

import msgspec

LONGEST_QUARTER = 60
"""Characters; "Mittelshuchting, Bremen" has 23."""
_DECIMALS = 2
"""Of a position in degrees: a kilometre."""

QUARTERS: Mapping[str, tuple[float, float, Sequence[str]]] = MappingProxyType(
    {
        "28195": (53.08, 8.81, ["Mitte", "Altstadt", "Bahnhofsvorstadt", "Bremen"]),
        "28197": (53.08, 8.76, ["Woltmershausen", "Rablinghausen", "Strom", "Seehausen"]),
        "28199": (53.07, 8.79, ["Neustadt", "Alte Neustadt", "Hohentor"]),
        "28201": (53.06, 8.80, ["Neustadt", "Buntentor", "Südervorstadt", "Huckelriede", "Gartenstadt Süd"]),
        "28203": (53.07, 8.83, ["Viertel", "Ostertor", "Steintor", "Fesenfeld"]),
        "28205": (53.07, 8.85, ["Peterswerder", "Hulsberg", "Hastedt"]),
        "28207": (53.06, 8.87, ["Hastedt", "Hemelingen"]),
        "28209": (53.08, 8.83, ["Schwachhausen", "Bürgerpark", "Barkhof"]),
        "28211": (53.09, 8.85, ["Schwachhausen", "Gete", "Radio Bremen"]),
        "28213": (53.10, 8.85, ["Schwachhausen", "Riensberg", "Neu-Schwachhausen"]),
        "28215": (53.09, 8.81, ["Findorff", "Weidedamm", "Regensburger Straße"]),
        "28217": (53.09, 8.78, ["Walle", "Überseestadt", "Westend", "Utbremen", "Steffensweg"]),
        "28219": (53.11, 8.79, ["Walle", "Osterfeuerberg", "Hohweg", "Blockland"]),
        "28237": (53.12, 8.76, ["Gröpelingen", "Lindenhof", "Ohlenhof"]),
        "28239": (53.13, 8.74, ["Gröpelingen", "Oslebshausen", "Industriehäfen"]),
        "28259": (53.05, 8.74, ["Huchting", "Mittelshuchting", "Sodenmatt", "Grolland", "Kirchhuchting"]),
        "28277": (53.04, 8.83, ["Obervieland", "Kattenturm", "Arsten", "Kattenesch"]),
        "28279": (53.04, 8.85, ["Obervieland", "Habenhausen", "Arsten"]),
        "28307": (53.04, 8.95, ["Mahndorf", "Arbergen", "Hemelingen"]),
        "28309": (53.05, 8.89, ["Hemelingen", "Sebaldsbrück", "Arbergen"]),
        "28325": (53.06, 8.93, ["Osterholz", "Tenever", "Blockdiek", "Ellener Feld"]),
        "28327": (53.08, 8.90, ["Osterholz", "Schevemoor", "Ellenerbrok", "Vahr", "Neue Vahr"]),
        "28329": (53.08, 8.88, ["Vahr", "Gartenstadt Vahr", "Neue Vahr"]),
        "28355": (53.10, 8.92, ["Oberneuland"]),
        "28357": (53.12, 8.90, ["Borgfeld", "Lehesterdeich", "Horn-Lehe"]),
        "28359": (53.11, 8.87, ["Horn-Lehe", "Horn", "Universität", "Technologiepark"]),
        "28717": (53.17, 8.69, ["Burglesum", "Lesum", "Burgdamm"]),
        "28719": (53.15, 8.71, ["Burglesum", "Burg-Grambke", "Grambke", "Werderland"]),
        "28755": (53.18, 8.61, ["Vegesack", "Aumund", "Fähr-Lobbendorf", "Hammersbeck"]),
        "28757": (53.18, 8.63, ["Vegesack", "Schönebeck"]),
        "28759": (53.17, 8.66, ["Vegesack", "Grohn", "St. Magnus", "Burglesum"]),
        "28777": (53.21, 8.52, ["Blumenthal", "Farge", "Rekum", "Rönnebeck"]),
        "28779": (53.19, 8.57, ["Blumenthal", "Lüssum-Bockhorn", "Lüssum"]),
        "27568": (53.55, 8.58, ["Bremerhaven", "Bremerhaven-Mitte", "Goetheviertel", "Lehe"]),
        "27570": (53.53, 8.59, ["Bremerhaven", "Geestemünde"]),
        "27572": (53.50, 8.60, ["Bremerhaven", "Wulsdorf", "Fischereihafen"]),
        "27574": (53.53, 8.62, ["Bremerhaven", "Grünhöfe", "Schiffdorferdamm", "Surheide", "Geestemünde"]),
        "27576": (53.56, 8.60, ["Bremerhaven", "Lehe"]),
        "27578": (53.59, 8.60, ["Bremerhaven", "Leherheide"]),
        "27580": (53.57, 8.59, ["Bremerhaven", "Lehe", "Weddewarden", "Überseehafen"]),
    }
)
"""Latitude, longitude and quarters by postal code.

The middle of each, from GeoNames' postal codes (CC BY 4.0, geonames.org). Where that has one point for
many codes or one outside its quarter (28195, 28213, 28277, 28325 and Bremen's north), read off the map.
"""


class Quarter(msgspec.Struct, frozen=True):
    """A place in town, with latitude and longitude in degrees."""

    name: str
    position: tuple[float, float]


def find_quarter(typed: str) -> Quarter | None:
    """Give the middle of a postal code, or of a quarter by its name or as much of it as names one alone."""
    code = re.search(r"\b\d{5}\b", typed)
    if code:
        found = QUARTERS.get(code[0])
        return _middle(f"{code[0]} {found[2][0]}", [code[0]]) if found else None
    wanted = _folded(typed)
    if not wanted:
        return None
    names = {name for _, _, its in QUARTERS.values() for name in its}
    fitting = [name for name in names if _folded(name) == wanted] or [
        name for name in names if _folded(name).startswith(wanted)
    ]
    if len(fitting) != 1:
        return None
    return _middle(fitting[0], [code for code, (_, _, its) in QUARTERS.items() if fitting[0] in its])


def _middle(name: str, codes: Iterable[str]) -> Quarter:
    points = [QUARTERS[code][:2] for code in codes]
    latitude, longitude = (round(fmean(degrees), _DECIMALS) for degrees in zip(*points, strict=True))
    return Quarter(name, (latitude, longitude))


def _folded(words: str) -> str:
    """Give letters and digits alone: "Groepelingen", "gröpelingen" and "Gröpelingen " are one."""
    spelled = words.casefold().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
    plain = unicodedata.normalize("NFKD", spelled)
    return "".join(letter for letter in plain if letter.isalnum())
