"""Italian."""

from optipath_router.classify.timeliness.words.words import Words

WORDS = Words(
    fresh=("che tempo farà", "che tempo fa", "previsioni per", "meteo domani", "meteo oggi", "ultime notizie", "notizie di oggi", "ultima versione", "versione più recente", "versione attuale", "come è finita", "com'è finita", "chi ha vinto ieri", "quanto vale", "quotazione di", "cambio di oggi", "è aperta", "è aperto", "aperta stasera", "a che ora chiude", "a che ora apre", "orari di", "che film danno", "al cinema stasera", "in ritardo", "ci sono scioperi", "biglietti disponibili", "è già uscito", "è già uscita", "presidente attuale", "attuale presidente", "in diretta", "stasera in tv"),
    volatile=("tempo", "meteo", "temperatura", "pioggia", "neve", "prezzo", "prezzi", "costa", "quotazione", "azioni", "borsa", "euro", "dollaro", "franchi", "bitcoin", "cambio", "tasso", "tassi", "mutui", "inflazione", "benzina", "notizie", "titoli", "risultato", "partita", "classifica", "campionato", "elezioni", "sondaggi", "presidente", "ministro", "ministra", "versione", "traffico", "treni", "treno", "volo", "sciopero", "scioperi", "cinema", "film", "concerto", "terremoto", "farmacia", "vinto"),
    now=("oggi", "adesso", "ora", "attualmente", "attuale", "in questo momento", "ieri", "domani", "stasera", "stamattina", "questa settimana", "questo weekend", "questo mese", "quest'anno", "ultime", "ultima", "ultimo", "recenti", "recente", "la domenica", "il sabato", "stanotte", "al momento"),
    asks=("che", "chi", "quanto", "qual", "quale", "quali", "quando", "dove", "come", "ci sono", "c'è", "dimmi", "cerca", "trova"),
    past=("secolo", "battaglia", "guerra", "rivoluzione", "antica", "quattrocento", "cinquecento", "storia di", "all'epoca", "delitto"),
    settled=("come funziona", "come funzionano", "come si forma", "perché", "spiega", "spiegami", "differenza", "confronta", "in generale", "proponi", "consigliami"),
    own=("posso cucinare", "cucinare", "cena", "ricetta*", "mi sento", "mia funzione", "vestirmi", "mia tesina"),
    about=("significa", "significato", "definizione", "la parola", "l'espressione", "sinonimo*", "si dice", "racconto", "poesia", "romanzo", "storia ambientata", "immagina", "coda con priorità", "coda", "implementa", "funzione", "classe", "fondo di emergenza", "uscita di emergenza", "podcast"),
    work=("traduci", "tradurre", "traduzione", "riassumi", "riscrivi", "riformula", "classifica il", "sentimento", "parafrasa", "il seguente testo", "questa mail"),
    urgent=("urgente", "urgentemente", "urgenza", "il prima possibile", "al più presto", "quanto prima", "subito", "immediatamente", "di fretta", "ho fretta", "vado di fretta", "non c'è tempo", "non ho tempo", "sbrigati", "emergenza", "è un'emergenza", "asap", "non c'è un minuto"),
    opener=("presto", "urgente", "aiuto", "subito", "veloce", "svelto"),
    soon=r" (?:tra|fra|entro|mancano) (?:\w+ ){0,2}(?:minuti|minuto|min|quarto d ora|mezz ora|mezzora|un ora|ora) ",
    event=("interrogazione", "esame", "riunione", "colloquio", "presentazione", "consegnare", "consegna", "capo", "aspetta", "inizia", "comincia", "scadenza", "cliente"),
    outage=("è fermo", "è giù", "non spedisce nessuno", "in produzione", "bloccato", "disco è pieno", "non funziona più", "crashato"),
    danger=("emergenza", "sanguina", "svenuto", "non riesce a muovere", "ingoiato", "non respira", "fuga di gas", "dolore al petto"),
    calm=("non c'è fretta", "senza fretta", "con calma", "non è urgente", "quando puoi", "quando hai tempo"),
)  # fmt: skip
