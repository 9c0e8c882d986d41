"""German."""

from optipath_router.classify.timeliness.words.words import Words, listed

WORDS = Words(
    fresh=listed("""
        wetter morgen, wetter heute, wie wird das wetter, wettervorhersage für, was neues, neuigkeiten,
        aktuelle nachrichten, neueste version, neueste stabile, aktuelle version, letzte version, aktuelle kurs,
        aktueller kurs, wechselkurs heute, schon erschienen, schon raus, heute offen, heute geöffnet,
        jetzt geöffnet, noch offen, öffnungszeiten, wie lange hat, wann öffnet, wann schließt, wann macht,
        gestern gespielt, gestern gewonnen, wie steht es, wie ging das spiel, spielstand, im kino,
        im fernsehen heute, hat heute nacht dienst, notdienst, verspätung, pünktlich, fährt die, fahren die,
        noch karten, ausverkauft, aktuelle bundeskanzler, amtierende*, derzeitige*, heutige*, wer führt,
        führt die tabelle, alles kaputt, liegt das an mir, liegt es an mir, oder liegt das, nur bei mir,
        störung bei, gibt es eine störung, ist schon bekannt, schon bekannt, weiß man schon, steht schon fest,
        wurde schon, inzwischen einen, inzwischen bekannt, gibt es updates, neuer stand, aktueller stand,
        stand der dinge, nächste bahn, nächster zug, in der nähe, welche apotheke
    """),
    volatile=listed("""
        wetter, temperatur, regen, schnee, kurs, aktie*, börse, preis, preise, kostet, kosten, wechselkurs,
        leitzins, zins*, inflation*, bitcoin, gold, unze gold, benzin*, diesel*, strompreis*, nachrichten,
        schlagzeilen, ergebnis, spiel, tabelle, tabellenführer, bundesliga, wahl*, umfrage*, kanzler*,
        bundeskanzler*, präsident*, minister*, version, python version, stau, zug, bahn, flug, streik*, gesperrt,
        kino, filme, konzert*, erdbeben, stromausfall, apotheke, gate, liga, trainer*, nationaltrainer*,
        verbraucherpreise, eröffnungstermin, störung, netz, spritpreis*, mindestlohn, umfragewerte, fußball,
        pollen*, luftqualität, wartezeit*, termine, urteil, gesetz, waffenruhe, charts, transfer*, verletzt, ausfall
    """),
    now=listed("""
        heute, jetzt, gerade, aktuell, momentan, derzeit, zurzeit, im moment, gestern, morgen, diese woche,
        dieses wochenende, dieses jahr, heute abend, heute nacht, neueste, neuesten, letzte nacht, zur zeit,
        immer noch, am donnerstag, am sonntag, inzwischen, mittlerweile, letzten monat, letzte woche,
        vergangene woche, gerade wieder, bisher, schon, diesen monat, vorgestern, übermorgen, noch
    """),
    asks=listed("""
        was, wer, wie, wann, wo, welche, welcher, welches, gibt es, hat, ist, läuft, fährt, nenn mir, such, zeig,
        sag mir
    """),
    past=listed("""
        jahrhundert, weltkrieg, schlacht, antike, mittelalter, damals, geschichte der, historisch*
    """),
    settled=listed("""
        wie funktioniert, wie funktionieren, wie entstehen, wie entsteht, warum, weshalb, erkläre, erklär,
        erkläre mir, unterschied, tipps, wie plane ich, wie behebe ich, vergleiche, im allgemeinen
    """),
    own=listed("""
        koche ich, kochen, rezept*, abendessen, fühle mich, ich fühle, meine funktion, anziehen, motivier*,
        meine bewerbung, hast du einen rat
    """),
    about=listed("""
        bedeutet, bedeutung, definition, das wort, synonym*, adjektiv, adverb, kurzgeschichte, geschichte die,
        gedicht, roman, erzählung, stell dir vor, rollenspiel, implementiere, warteschlange, datenbankschema,
        klasse, funktion, prioritäten, notgroschen, notausgang, eilmeldung
    """),
    work=listed("""
        übersetze, übersetz, übersetzen, fasse, zusammenfassen, fass, umschreiben, formuliere höflicher, höflicher,
        klassifiziere, korrekturlesen, stimmung
    """),
    urgent=listed("""
        dringend, so schnell wie möglich, schnellstmöglich, asap, sofort, umgehend, eilt, eilig, hab's eilig,
        habe es eilig, auf die schnelle, keine zeit, ein notfall, notfall !, notfall :, es brennt, muss gleich los,
        pressiert, unverzüglich, beeil dich, schnell bitte, bitte schnell, drängt, zack zack, mach schnell,
        beeilung, ganz schnell, schleunigst, auf der stelle, jetzt gleich, geht das schneller, keine minute, brennt,
        so schnell es geht, schnellst möglich, sofortige, hektik, unter zeitdruck, zeitdruck, panik
    """),
    opener=listed("""
        schnell, dringend, hilfe, sofort, eilt, notfall
    """),
    soon=r" (?:in|noch|innerhalb|binnen) (?:\w{1,20} ){0,2}(?:minuten|minute|min|viertelstunde|halben stunde|"
    r"halbe stunde|stunde) ",
    event=listed("""
        vorstellungsgespräch, prüfung, klausur, präsentation, meeting, abgabe, abgeben, frist, deadline, fängt,
        beginnt, chef, kunde wartet, wartet, mitternacht, los, zug fährt, flug geht, flieger geht, der kunde steht,
        kunde steht, am telefon, in der leitung, gleich dran, bin gleich dran, geht live, live gehen, einreichen,
        mündliche, verhandlung, vor der tür
    """),
    outage=listed("""
        offline, steht still, produktion steht, die produktion steht, ausgefallen, abgestürzt, webshop ist,
        server ist, ist down, nichts geht mehr, in produktion, 502, fehler, lässt sich nicht öffnen, geht nicht auf,
        lädt nicht, hängt, stürzt ab, startet nicht, kaputt, funktioniert nicht, klappt nicht, komme nicht rein
    """),
    danger=listed("""
        verschluckt, blutet, bewusstlos, gasgeruch, brustschmerzen, vergiftet, atmet nicht
    """),
    calm=listed("""
        eilt nicht, keine eile, nicht dringend, hat zeit, irgendwann, in ruhe
    """),
)
