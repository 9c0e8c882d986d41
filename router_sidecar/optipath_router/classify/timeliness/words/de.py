"""German."""

from optipath_router.classify.timeliness.words.words import Words

WORDS = Words(
    fresh=(
        "wetter morgen", "wetter heute", "wie wird das wetter", "wettervorhersage für", "was neues", "neuigkeiten", "aktuelle nachrichten", "neueste version", "neueste stabile", "aktuelle version", "letzte version", "aktuelle kurs", "aktueller kurs", "wechselkurs heute", "schon erschienen", "schon raus", "heute offen", "heute geöffnet", "jetzt geöffnet", "noch offen", "öffnungszeiten", "wie lange hat", "wann öffnet", "wann schließt", "wann macht", "gestern gespielt", "gestern gewonnen", "wie steht es", "wie ging das spiel",
        "spielstand", "im kino", "im fernsehen heute", "hat heute nacht dienst", "notdienst", "verspätung", "pünktlich", "fährt die", "fahren die", "noch karten", "ausverkauft", "aktuelle bundeskanzler", "amtierende*", "derzeitige*", "heutige*",
    ),
    volatile=("wetter", "temperatur", "regen", "schnee", "kurs", "aktie*", "börse", "preis", "preise", "kostet", "kosten", "wechselkurs", "leitzins", "zins*", "inflation*", "bitcoin", "gold", "unze gold", "benzin*", "diesel*", "strompreis*", "nachrichten", "schlagzeilen", "ergebnis", "spiel", "tabelle", "tabellenführer", "bundesliga", "wahl*", "umfrage*", "kanzler*", "bundeskanzler*", "präsident*", "minister*", "version", "python version", "stau", "zug", "bahn", "flug", "streik*", "gesperrt", "kino", "filme", "konzert*", "erdbeben", "stromausfall", "apotheke", "gate"),
    now=("heute", "jetzt", "gerade", "aktuell", "momentan", "derzeit", "zurzeit", "im moment", "gestern", "morgen", "diese woche", "dieses wochenende", "dieses jahr", "heute abend", "heute nacht", "neueste", "neuesten", "letzte nacht", "zur zeit", "immer noch", "am donnerstag", "am sonntag"),
    asks=("was", "wer", "wie", "wann", "wo", "welche", "welcher", "welches", "gibt es", "hat", "ist", "läuft", "fährt", "nenn mir", "such", "zeig", "sag mir"),
    past=("jahrhundert", "weltkrieg", "schlacht", "antike", "mittelalter", "damals", "geschichte der", "historisch*"),
    settled=("wie funktioniert", "wie funktionieren", "wie entstehen", "wie entsteht", "warum", "weshalb", "erkläre", "erklär", "erkläre mir", "unterschied", "tipps", "wie plane ich", "wie behebe ich", "vergleiche", "im allgemeinen"),
    own=("koche ich", "kochen", "rezept*", "abendessen", "fühle mich", "ich fühle", "meine funktion", "anziehen", "motivier*", "meine bewerbung", "hast du einen rat"),
    about=("bedeutet", "bedeutung", "definition", "das wort", "synonym*", "adjektiv", "adverb", "kurzgeschichte", "geschichte die", "gedicht", "roman", "erzählung", "stell dir vor", "rollenspiel", "implementiere", "warteschlange", "datenbankschema", "klasse", "funktion", "prioritäten", "notgroschen", "notausgang", "eilmeldung"),
    work=("übersetze", "übersetz", "übersetzen", "fasse", "zusammenfassen", "fass", "umschreiben", "formuliere höflicher", "höflicher", "klassifiziere", "korrekturlesen", "stimmung"),
    urgent=("dringend", "so schnell wie möglich", "schnellstmöglich", "asap", "sofort", "umgehend", "eilt", "eilig", "hab's eilig", "habe es eilig", "auf die schnelle", "keine zeit", "notfall", "es brennt", "muss gleich los", "pressiert", "unverzüglich", "beeil dich", "schnell bitte", "bitte schnell", "drängt"),
    opener=("schnell", "dringend", "hilfe", "sofort", "eilt", "notfall"),
    soon=r" (?:in|noch|innerhalb|binnen) (?:\w+ ){0,2}(?:minuten|minute|min|viertelstunde|halben stunde|halbe stunde|stunde) ",
    event=("vorstellungsgespräch", "prüfung", "klausur", "präsentation", "meeting", "abgabe", "abgeben", "frist", "deadline", "fängt", "beginnt", "chef", "kunde wartet", "wartet", "mitternacht", "los"),
    outage=("offline", "steht still", "produktion steht", "die produktion steht", "ausgefallen", "abgestürzt", "webshop ist", "server ist", "ist down", "nichts geht mehr", "in produktion", "502", "fehler"),
    danger=("verschluckt", "blutet", "bewusstlos", "gasgeruch", "brustschmerzen", "vergiftet", "atmet nicht"),
    calm=("eilt nicht", "keine eile", "nicht dringend", "hat zeit", "irgendwann", "in ruhe"),
)  # fmt: skip
