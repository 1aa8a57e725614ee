"""How each language says a call, and what concerns the whole hall: number words, letters, and the sentences around them.

Signs of a number are said singly; a place's number as people count. What a voice would read in its own
way (Latin letters in a Cyrillic or Arabic sentence) is written as it is to sound.
"""

from collections.abc import Mapping
from typing import Final

import msgspec


class Vocabulary(msgspec.Struct, frozen=True):
    """How one language says a call."""

    number: str
    counted: tuple[str, ...]
    """0 to 99."""
    point: str
    """The point in "Zimmer 2.14"."""
    counter: str
    """Word for a counter whose name is not known in this language."""
    go_to_numbered: str
    """For places with a number: "Schalter 3" stands after "zu" without an article."""
    go_to_named: str
    """For places without one: "Empfang" and "Kasse" would need articles that nobody entered."""
    calls: tuple[str, ...]
    """How the second, third … call begins; the last entry serves all later ones."""
    fetched_at_reception: str
    """For visitors whom staff fetch: they go to no counter."""
    fetched: str
    """The same where the office has no reception."""
    paused: tuple[str, str]
    """The hall is paused: what is the case, and what to do."""
    leave: tuple[str, str]
    """Everybody leaves the building, the same."""
    resumed: str
    """Calls go on."""
    letters: Mapping[str, str] = {}
    """Names of Latin letters, where the language is written with others."""


def _counted(ones: str, teens: str, tens: str, compound: str, one: str = "") -> tuple[str, ...]:
    """Give the words for 0 to 99; ``one`` is its form in compounds, "ein" in "einundzwanzig"."""
    below_ten = _list(ones)
    above = [
        compound.format(ten=ten, one=one if one and digit == 1 else below_ten[digit]) if digit else ten
        for ten in _list(tens)
        for digit in range(10)
    ]
    return (*below_ten, *_list(teens), *above)


def _list(words: str) -> list[str]:
    return words.split(", ")


def _counted_french() -> tuple[str, ...]:
    ones = _list("zéro, un, deux, trois, quatre, cinq, six, sept, huit, neuf")
    teens = _list("dix, onze, douze, treize, quatorze, quinze, seize, dix-sept, dix-huit, dix-neuf")
    words = [*ones, *teens]
    for ten in ("vingt", "trente", "quarante", "cinquante", "soixante"):
        words += [ten, f"{ten} et un", *(f"{ten}-{one}" for one in ones[2:])]
    words += ["soixante-dix", "soixante et onze", *(f"soixante-{teen}" for teen in teens[2:])]
    words += ["quatre-vingts", *(f"quatre-vingt-{one}" for one in ones[1:])]
    words += [f"quatre-vingt-{teen}" for teen in teens]
    return tuple(words)


def _letters(names: str) -> Mapping[str, str]:
    """Give the names of A to Z, in this order."""
    return dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", names.split(), strict=True))


VOCABULARIES: Final[Mapping[str, Vocabulary]] = {
    "de": Vocabulary(
        number="Nummer",
        counted=_counted(
            "null, eins, zwei, drei, vier, fünf, sechs, sieben, acht, neun",
            "zehn, elf, zwölf, dreizehn, vierzehn, fünfzehn, sechzehn, siebzehn, achtzehn, neunzehn",
            "zwanzig, dreißig, vierzig, fünfzig, sechzig, siebzig, achtzig, neunzig",
            "{one}und{ten}",
            "ein",
        ),
        point="Punkt",
        counter="Schalter",
        go_to_numbered="Bitte zu {place}.",
        go_to_named="Bitte melden Sie sich hier: {place}.",
        calls=("Zweiter Aufruf.", "Dritter Aufruf.", "Erneuter Aufruf."),
        fetched_at_reception="Bitte warten Sie am Empfang, Sie werden abgeholt.",
        fetched="Bitte warten Sie, Sie werden abgeholt.",
        paused=("Der Aufruf ist kurz unterbrochen.", "Ihre Nummer bleibt gültig."),
        leave=(
            "Bitte verlassen Sie jetzt das Gebäude.",
            "Folgen Sie dem Personal. Benutzen Sie nicht den Aufzug.",
        ),
        resumed="Der Aufruf geht weiter.",
    ),
    "en": Vocabulary(
        number="Number",
        counted=_counted(
            "zero, one, two, three, four, five, six, seven, eight, nine",
            "ten, eleven, twelve, thirteen, fourteen, fifteen, sixteen, seventeen, eighteen, nineteen",
            "twenty, thirty, forty, fifty, sixty, seventy, eighty, ninety",
            "{ten}-{one}",
        ),
        point="point",
        counter="counter",
        go_to_numbered="Please go to {place}.",
        go_to_named="Please report here: {place}.",
        calls=("Second call.", "Third call.", "Repeated call."),
        fetched_at_reception="Please wait at the reception, staff will come for you.",
        fetched="Please wait, staff will come for you.",
        paused=("Calls are paused for a short time.", "Your number stays valid."),
        leave=("Please leave the building now.", "Follow the staff. Do not use the lift."),
        resumed="Calls go on now.",
    ),
    "tr": Vocabulary(
        number="Numara",
        counted=_counted(
            "sıfır, bir, iki, üç, dört, beş, altı, yedi, sekiz, dokuz",
            "on, on bir, on iki, on üç, on dört, on beş, on altı, on yedi, on sekiz, on dokuz",
            "yirmi, otuz, kırk, elli, altmış, yetmiş, seksen, doksan",
            "{ten} {one}",
        ),
        point="nokta",
        counter="gişe",
        go_to_numbered="Lütfen buraya gelin: {place}.",
        go_to_named="Lütfen buraya gelin: {place}.",
        calls=("İkinci çağrı.", "Üçüncü çağrı.", "Tekrar çağrı."),
        fetched_at_reception="Lütfen danışmada bekleyin, sizi alacağız.",
        fetched="Lütfen bekleyin, sizi alacağız.",
        paused=("Çağrılara kısa bir ara verildi.", "Numaranız geçerli kalır."),
        leave=("Lütfen binayı şimdi terk edin.", "Görevlileri izleyin. Asansörü kullanmayın."),
        resumed="Çağrılar devam ediyor.",
    ),
    "ar": Vocabulary(
        number="الرقم",
        counted=_counted(
            "صفر, واحد, اثنان, ثلاثة, أربعة, خمسة, ستة, سبعة, ثمانية, تسعة",
            "عشرة, أحد عشر, اثنا عشر, ثلاثة عشر, أربعة عشر, خمسة عشر, ستة عشر, سبعة عشر, ثمانية عشر, تسعة عشر",
            "عشرون, ثلاثون, أربعون, خمسون, ستون, سبعون, ثمانون, تسعون",
            "{one} و{ten}",
        ),
        point="نقطة",
        counter="الشباك",
        go_to_numbered="يرجى التوجه إلى {place}.",
        go_to_named="يرجى التوجه إلى {place}.",
        calls=("النداء الثاني.", "النداء الثالث.", "نداء متكرر."),
        fetched_at_reception="يرجى الانتظار في الاستقبال, سنأتي إليك.",
        fetched="يرجى الانتظار, سنأتي إليك.",
        paused=("توقفت المناداة لوقت قصير.", "يبقى رقمك صالحا."),
        leave=("يرجى مغادرة المبنى الآن.", "اتبع الموظفين. لا تستخدم المصعد."),
        resumed="تستمر المناداة الآن.",
        letters=_letters(
            "إيه بي سي دي إي إف جي إتش آي جيه كيه إل إم إن أو بي كيو آر إس تي يو في دبليو إكس واي زد"
        ),
    ),
    "uk": Vocabulary(
        number="Номер",
        counted=_counted(
            "нуль, один, два, три, чотири, п'ять, шість, сім, вісім, дев'ять",
            "десять, одинадцять, дванадцять, тринадцять, чотирнадцять, п'ятнадцять, шістнадцять, сімнадцять, вісімнадцять, дев'ятнадцять",
            "двадцять, тридцять, сорок, п'ятдесят, шістдесят, сімдесят, вісімдесят, дев'яносто",
            "{ten} {one}",
        ),
        point="крапка",
        counter="віконце",
        go_to_numbered="Будь ласка, підійдіть сюди: {place}.",
        go_to_named="Будь ласка, підійдіть сюди: {place}.",
        calls=("Другий виклик.", "Третій виклик.", "Повторний виклик."),
        fetched_at_reception="Будь ласка, зачекайте на рецепції, ми вас заберемо.",
        fetched="Будь ласка, зачекайте, ми вас заберемо.",
        paused=("Виклик ненадовго призупинено.", "Ваш номер залишається дійсним."),
        leave=("Будь ласка, негайно залиште будівлю.", "Ідіть за працівниками. Не користуйтеся ліфтом."),
        resumed="Виклик продовжується.",
        letters=_letters(
            "а бе це де е еф ґе аш і йот ка ель ем ен о пе ку ер ес те у ве дубль-ве ікс ігрек зет"
        ),
    ),
    "ru": Vocabulary(
        number="Номер",
        counted=_counted(
            "ноль, один, два, три, четыре, пять, шесть, семь, восемь, девять",
            "десять, одиннадцать, двенадцать, тринадцать, четырнадцать, пятнадцать, шестнадцать, семнадцать, восемнадцать, девятнадцать",
            "двадцать, тридцать, сорок, пятьдесят, шестьдесят, семьдесят, восемьдесят, девяносто",
            "{ten} {one}",
        ),
        point="точка",
        counter="окно",
        go_to_numbered="Пожалуйста, подойдите сюда: {place}.",
        go_to_named="Пожалуйста, подойдите сюда: {place}.",
        calls=("Второй вызов.", "Третий вызов.", "Повторный вызов."),
        fetched_at_reception="Пожалуйста, подождите у стойки приёма, мы вас заберём.",
        fetched="Пожалуйста, подождите, мы вас заберём.",
        paused=("Вызов ненадолго приостановлен.", "Ваш номер остаётся действительным."),
        leave=("Пожалуйста, немедленно покиньте здание.", "Следуйте за сотрудниками. Не пользуйтесь лифтом."),
        resumed="Вызов продолжается.",
        letters=_letters(
            "а бэ цэ дэ е эф гэ аш и йот ка эль эм эн о пэ ку эр эс тэ у вэ дубль-вэ икс игрек зет"
        ),
    ),
    "pl": Vocabulary(
        number="Numer",
        counted=_counted(
            "zero, jeden, dwa, trzy, cztery, pięć, sześć, siedem, osiem, dziewięć",
            "dziesięć, jedenaście, dwanaście, trzynaście, czternaście, piętnaście, szesnaście, siedemnaście, osiemnaście, dziewiętnaście",
            "dwadzieścia, trzydzieści, czterdzieści, pięćdziesiąt, sześćdziesiąt, siedemdziesiąt, osiemdziesiąt, dziewięćdziesiąt",
            "{ten} {one}",
        ),
        point="kropka",
        counter="okienko",
        go_to_numbered="Proszę podejść tutaj: {place}.",
        go_to_named="Proszę podejść tutaj: {place}.",
        calls=("Drugie wezwanie.", "Trzecie wezwanie.", "Ponowne wezwanie."),
        fetched_at_reception="Proszę czekać w recepcji, odbierzemy Państwa.",
        fetched="Proszę czekać, odbierzemy Państwa.",
        paused=("Wzywanie na chwilę wstrzymano.", "Państwa numer pozostaje ważny."),
        leave=("Proszę natychmiast opuścić budynek.", "Proszę iść za pracownikami. Nie używać windy."),
        resumed="Wzywanie trwa dalej.",
    ),
    "fr": Vocabulary(
        number="Numéro",
        counted=_counted_french(),
        point="point",
        counter="guichet",
        go_to_numbered="Veuillez vous présenter ici: {place}.",
        go_to_named="Veuillez vous présenter ici: {place}.",
        calls=("Deuxième appel.", "Troisième appel.", "Nouvel appel."),
        fetched_at_reception="Veuillez patienter à l'accueil, nous venons vous chercher.",
        fetched="Veuillez patienter, nous venons vous chercher.",
        paused=("Les appels sont brièvement interrompus.", "Votre numéro reste valable."),
        leave=(
            "Veuillez quitter le bâtiment maintenant.",
            "Suivez le personnel. N'utilisez pas l'ascenseur.",
        ),
        resumed="Les appels reprennent.",
    ),
    "bg": Vocabulary(
        number="Номер",
        counted=_counted(
            "нула, едно, две, три, четири, пет, шест, седем, осем, девет",
            "десет, единадесет, дванадесет, тринадесет, четиринадесет, петнадесет, шестнадесет, седемнадесет, осемнадесет, деветнадесет",
            "двадесет, тридесет, четиридесет, петдесет, шестдесет, седемдесет, осемдесет, деветдесет",
            "{ten} и {one}",
        ),
        point="точка",
        counter="гише",
        go_to_numbered="Моля, елате тук: {place}.",
        go_to_named="Моля, елате тук: {place}.",
        calls=("Второ повикване.", "Трето повикване.", "Повторно повикване."),
        fetched_at_reception="Моля, изчакайте на рецепцията, ще Ви вземем.",
        fetched="Моля, изчакайте, ще Ви вземем.",
        paused=("Извикването е прекъснато за кратко.", "Вашият номер остава валиден."),
        leave=("Моля, напуснете сградата сега.", "Следвайте служителите. Не използвайте асансьора."),
        resumed="Извикването продължава.",
        letters=_letters(
            "а бе це де е еф ге ха и йот ка ел ем ен о пе ку ер ес те у ве дубъл-ве икс игрек зет"
        ),
    ),
}
"""By language, German first. Leichte Sprache is spoken as German."""
