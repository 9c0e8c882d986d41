"""Italian."""

from optipath_router.classify.timeliness.words.words import Words, listed

WORDS = Words(
    fresh=listed("""
        che tempo farà, che tempo fa, previsioni per, meteo domani, meteo oggi, ultime notizie, notizie di oggi,
        ultima versione, versione più recente, versione attuale, come è finita, com'è finita, chi ha vinto ieri,
        quanto vale, quotazione di, cambio di oggi, è aperta, è aperto, aperta stasera, a che ora chiude,
        a che ora apre, orari di, che film danno, al cinema stasera, in ritardo, ci sono scioperi,
        biglietti disponibili, è già uscito, è già uscita, presidente attuale, attuale presidente, in diretta,
        stasera in tv, si sa già, si sa chi, è stato annunciato, hanno annunciato, è caduta la rete, è giù,
        o è il mio, o sono io, solo a me, chi è in testa, chi è primo, di quanto è salita, di quanto è salito,
        a che punto, ci sono novità, novità su, prossimo treno, farmacia di turno, qui vicino, cosa è successo,
        che succede, quanto costa oggi, come sta andando
    """),
    volatile=listed("""
        tempo, meteo, temperatura, pioggia, neve, prezzo, prezzi, costa, quotazione, azioni, borsa, euro, dollaro,
        franchi, bitcoin, cambio, tasso, tassi, mutui, inflazione, benzina, notizie, titoli, risultato, partita,
        classifica, campionato, elezioni, sondaggi, presidente, ministro, ministra, versione, traffico, treni,
        treno, volo, sciopero, scioperi, cinema, film, concerto, terremoto, farmacia, vinto, nazionale, allenatore,
        allenerà, carburanti, rete, tim, serie a, marcatori, calciomercato, infortunio, pollini, qualità dell'aria,
        allerta, incendio, blackout, sentenza, legge, tregua, incassi, sondaggio
    """),
    now=listed("""
        oggi, adesso, ora, attualmente, attuale, in questo momento, ieri, domani, stasera, stamattina,
        questa settimana, questo weekend, questo mese, quest'anno, ultime, ultima, ultimo, recenti, recente,
        la domenica, il sabato, stanotte, al momento, già, il mese scorso, la settimana scorsa, questo trimestre,
        questa stagione, l'altro ieri, dopodomani, finora, ancora, di recente, recentemente
    """),
    asks=listed("""
        che, chi, quanto, qual, quale, quali, quando, dove, come, ci sono, c'è, dimmi, cerca, trova
    """),
    past=listed("""
        secolo, battaglia, guerra, rivoluzione, antica, quattrocento, cinquecento, storia di, all'epoca, delitto
    """),
    settled=listed("""
        come funziona, come funzionano, come si forma, perché, spiega, spiegami, differenza, confronta, in generale,
        proponi, consigliami
    """),
    own=listed("""
        posso cucinare, cucinare, cena, ricetta*, mi sento, mia funzione, vestirmi, mia tesina
    """),
    about=listed("""
        significa, significato, definizione, la parola, l'espressione, sinonimo*, si dice, racconto, poesia,
        romanzo, storia ambientata, immagina, coda con priorità, coda, implementa, funzione, classe,
        fondo di emergenza, uscita di emergenza, podcast
    """),
    work=listed("""
        traduci, tradurre, traduzione, riassumi, riscrivi, riformula, classifica il, sentimento, parafrasa,
        il seguente testo, questa mail
    """),
    urgent=listed("""
        urgente, urgentemente, urgenza, il prima possibile, al più presto, quanto prima, subito, immediatamente,
        di fretta, ho fretta, vado di fretta, non c'è tempo, non ho tempo, sbrigati, è un'emergenza, emergenza !,
        asap, non c'è un minuto, muoviti, muovetevi, veloce per favore, in fretta, alla svelta,
        più in fretta possibile, il più presto possibile, il più velocemente possibile, all'istante, ora o mai più,
        non posso aspettare, senza indugio, panico, di corsa, sono di corsa, rapidissimo
    """),
    opener=listed("""
        presto, urgente, aiuto, subito, veloce, svelto
    """),
    soon=r" (?:tra|fra|entro|mancano) (?:\w{1,20} ){0,2}(?:minuti|minuto|min|quarto d ora|mezz ora|mezzora|"
    r"un ora|ora) ",
    event=listed("""
        interrogazione, esame, riunione, colloquio, presentazione, consegnare, consegna, capo, aspetta, inizia,
        comincia, scadenza, cliente, l'aereo parte, aereo parte, il treno parte, treno parte, il cliente,
        al telefono, in linea, tocca a me, andiamo in onda, andiamo live, udienza, discussione della tesi,
        professore
    """),
    outage=listed("""
        è fermo, è giù, non spedisce nessuno, in produzione, bloccato, disco è pieno, non funziona più, crashato,
        non va, non si apre, non carica, non parte, non funziona, si è bloccato, è bloccato, si blocca,
        non mi fa entrare, rotto
    """),
    danger=listed("""
        emergenza, sanguina, svenuto, non riesce a muovere, ingoiato, non respira, fuga di gas, dolore al petto
    """),
    calm=listed("""
        non c'è fretta, senza fretta, con calma, non è urgente, quando puoi, quando hai tempo
    """),
)
