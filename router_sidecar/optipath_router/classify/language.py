"""The language of a text: by script, then by function words. Nothing is learned.

What tells a language apart in a few words is its articles and prepositions. A
word counts the less, the more languages share it.
"""

import re
from collections import Counter
from typing import Final

_SEEN: Final = 600
"""Characters looked at, where a text begins."""
_TELLING: Final = 8
"""So many characters of another script tell the language, whatever stands around them:
a Chinese instruction over an English text is Chinese."""
_SHARE: Final = 6
"""Fewer do where they are one in so many of all letters."""

_WORDS: Final = {
    "en": (
        "the of and to in is that for it with as was are this be by on what how which from you a an i my your "
        "do does can please not have if where who there these those tell into express solve find given "
        "following or will some any we he she they his her its than then when why"
    ),
    "de": (
        "der die das und ist nicht ein eine einen einer zu den mit von für auf sie wie dem des sich es im ich "
        "mir du bitte was kann wird aus sind wenn auch löse einem alle welche wer oder bei nach"
    ),
    "fr": (
        "l d c j n m t s qu le les de des et la en un une du que est qui dans pour pas au sur avec ce vous il "
        "je tu ça combien où ses son sont cette mon ma moi voici quel quelle ne permettant trouver utiliser "
        "sans données tous entre plus donné étant nous"
    ),
    "es": (
        "el los de que y la en un una por con para las se del es qué cómo no su al mi me cuántos cuántas "
        "cuánto este esta son cuál lo si como entre donde más sobre aquí dado halla"
    ),
    "it": (
        "l d c il di che e la un i per una con non sono del della le gli è si come da nel alla quanti quante "
        "dell mi lo ha questo questa ogni cosa dei delle ecco alle senza due più tra una stringhe"
    ),
    "pt": (
        "o os de que e do da em um uma para com não por as na no se é dos ao você meu minha quantos quantas "
        "qual são esta este como mais à seu sua"
    ),
    "nl": (
        "de het een en van is dat niet op te in voor met zijn die aan er je hoe ik mijn wat dit deze naar kan "
        "heeft worden bij ook"
    ),
    "sv": "och att det som en är på för med av inte den ett hur jag du vad till min mig kan har från om de i",
    "da": ("og at det som en er på for med af ikke den et hvordan jeg du hvad til min mig kan har fra om de i der"),
    "nb": ("og at det som en er på for med av ikke den et hvordan jeg du hva til min meg kan har fra om de i der"),
    "fi": "ja on ei se että oli hän mutta kun mikä miten minä sinä ovat tai kuinka myös tämä jos voi",
    "pl": "i w na z nie jest do się to że jak co o po dla czy ten są przez od jego mi oraz może tym które",
    "cs": "a je v se na že z do jak pro s ve co jsou který jako by nebo mi tento ale při od podle",
    "hu": "a az és hogy nem egy van ez is mi meg ki de ha már hogyan volt azt csak kell mint",
    "ro": "și în de la cu pe nu este un o care ce din pentru mai sunt să cum se ale al fi că",
    "tr": ("ve bir bu için ile ne da de mi çok olarak olan nasıl kadar var en gibi daha her kaç veya sonra bana"),
    "id": (
        "yang dan di untuk dengan ini itu dari adalah pada tidak dalam apa saya anda ke akan bagaimana berapa "
        "atau jika sebuah lebih"
    ),
    "vi": (
        "và của là có cho các một trong được không những người về tôi bạn này như với để hãy khi thế nào bao nhiêu viết"
    ),
    "sw": (
        "na ya wa kwa ni katika za la kila ana je ngapi watu yake cha alikuwa hii kuna yangu kama hiyo gani mimi wewe"
    ),
    "lt": "ir yra kad su iš į kaip bet tai ar mano jis prie arba apie buvo",
    "tl": "ang ng sa mga na at ay ko mo para hindi ito kung ano paano ilan siya",
    "ca": ("el els de que i la en un una per amb les del és què com no seu al dels més aquest aquesta quina són"),
    "ru": "и в не на что с по как это за из для от он она к у о а но все мне сколько его или так был есть же",
    "uk": "і в не на що з по як це за із для від він вона до у та але мені скільки його або так є та ми про",
    "bg": "и в не на че с по как това за от той тя до у е са да но ми колко или се си ще",
    "sr": "и у не на да се са по како ово за из од он она до је су али ми колико или",
    "ar": "في من على أن إلى عن ما هذا هذه كان التي مع هل كيف هو هي أو لا كم",
    "fa": "و در به از که این را با است برای آن یک چه می های شود بود چند کنید",
    "ur": "اور کے میں کی ہے کا سے کو یہ نے پر کہ ایک ہیں کیا ہو تو",
}
_FUNCTION_WORDS: Final = {language: frozenset(words.split()) for language, words in _WORDS.items()}
_SPOKEN_IN: Final = {
    word: tuple(language for language, words in _FUNCTION_WORDS.items() if word in words)
    for word in frozenset().union(*_FUNCTION_WORDS.values())
}
_ORDER: Final = {language: place for place, language in enumerate(_WORDS)}
_CYRILLIC: Final = frozenset({"ru", "uk", "bg", "sr"})
_ARABIC: Final = frozenset({"ar", "fa", "ur"})
_LATIN: Final = frozenset(_WORDS) - _CYRILLIC - _ARABIC

_SCRIPTS: Final = {
    "el": (0x0380, 0x0400),
    "ru": (0x0400, 0x0500),
    "hy": (0x0540, 0x0580),
    "he": (0x05C0, 0x0600),
    "ar": (0x0600, 0x0700),
    "hi": (0x0900, 0x0980),
    "bn": (0x0980, 0x0A00),
    "pa": (0x0A00, 0x0A80),
    "gu": (0x0A80, 0x0B00),
    "ta": (0x0B80, 0x0C00),
    "te": (0x0C00, 0x0C80),
    "kn": (0x0C80, 0x0D00),
    "ml": (0x0D00, 0x0D80),
    "th": (0x0E00, 0x0E80),
    "my": (0x1000, 0x1080),
    "ka": (0x10C0, 0x1100),
    "am": (0x1200, 0x1380),
    "km": (0x1780, 0x1800),
    "ja": (0x3040, 0x3100),
    "zh": (0x3400, 0xA000),
    "ko": (0xAC00, 0xD7C0),
}
"""Where a script's letters stand in Unicode, to the nearest 64."""
_STEP: Final = 6
_SCRIPT_AT: Final = {
    block: script for script, (first, end) in _SCRIPTS.items() for block in range(first >> _STEP, end >> _STEP)
}
_words: Final = re.compile(r"[^\W\d_]{2,}|[cdjlmnst](?=['’])").findall

LANGUAGES: Final = frozenset(_WORDS) | frozenset(_SCRIPTS)
"""Those that can be told."""

_UKRAINIAN: Final = frozenset("іїєґ")


def language(text: str) -> tuple[str, float]:
    """The language of a text by ISO 639-1, and how much of what was looked at speaks for it.

    English where nothing tells.
    """
    seen = text[:_SEEN].lower()
    words = _words(seen)
    if not seen.isascii():
        scripts: Counter[str] = Counter()
        for block, count in Counter([ord(letter) >> _STEP for letter in seen]).items():
            if script := _SCRIPT_AT.get(block):
                scripts[script] += count
        telling = scripts.total()
        letters = max(sum(map(len, words)), telling)
        # Formulas have Greek letters.
        if scripts["el"] * 2 < letters:
            telling -= scripts.pop("el", 0)
        if telling and (telling >= _TELLING or telling * _SHARE >= letters):
            return _by_script(scripts, words, letters)
    return _by_words(words, _LATIN, "en")


def _by_script(scripts: "Counter[str]", words: list[str], letters: int) -> tuple[str, float]:
    script, count = max(scripts.items(), key=lambda each: (each[1], each[0]))
    # Japanese is written with Chinese characters, too; kana tells it.
    if script in {"zh", "ja"} and scripts["ja"] * _TELLING > scripts["zh"] + scripts["ja"]:
        return "ja", (scripts["zh"] + scripts["ja"]) / letters
    if script == "ru":
        default = "uk" if any(not _UKRAINIAN.isdisjoint(word) for word in words) else "ru"
        return _by_words(words, _CYRILLIC, default)[0], count / letters
    if script == "ar":
        return _by_words(words, _ARABIC, "ar")[0], count / letters
    return script, count / letters


def _by_words(words: list[str], among: frozenset[str], default: str) -> tuple[str, float]:
    """The language whose function words are there, and its share of all that are."""
    weights = {default: 0.0}
    for word in words:
        if languages := _SPOKEN_IN.get(word):
            # A word that many languages share says little.
            for language in languages:
                weights[language] = weights.get(language, 0.0) + 1 / len(languages)
    possible = {language: weight for language, weight in weights.items() if language in among}
    highest = max(possible.values())
    if not highest:
        return default, 0.0
    # Of languages that fit equally well, the one that comes first in the list is spoken by more.
    found = (
        default
        if possible[default] == highest
        else min((language for language, weight in possible.items() if weight == highest), key=_ORDER.__getitem__)
    )
    return found, highest / sum(possible.values())
