"""French."""

from optipath_router.classify.timeliness.words.words import Words

WORDS = Words(
    fresh=("quel temps fera", "quel temps fait", "météo de demain", "météo à", "dernières nouvelles", "dernières infos", "dernière version", "version actuelle", "version la plus récente", "actualités du jour", "actualité du jour", "cours actuel", "taux actuel", "score du match", "est ouverte aujourd'hui", "est ouvert aujourd'hui", "ouvert aujourd'hui", "à quelle heure ferme", "à quelle heure ouvre", "horaires de", "horaires d'ouverture", "des perturbations", "à l'heure", "en retard", "il passe quoi", "au cinéma ce soir", "à la télé ce soir", "reste des places", "reste des billets", "déjà sorti", "déjà sortie", "président actuel", "actuel président", "actuelle ministre", "en grève", "combien vaut", "gagné hier", "en direct"),
    volatile=("temps", "météo", "température", "pluie", "neige", "cours", "action", "bourse", "prix", "coûte", "euro", "dollar", "dollars", "bitcoin", "taux", "taux de change", "inflation", "essence", "sans plomb", "gazole", "nouvelles", "infos", "actualités", "titres", "score", "match", "classement", "ligue", "élection*", "sondage*", "président", "premier ministre", "ministre", "version", "trafic", "train", "vol", "rer", "métro", "perturbations", "grève*", "cinéma", "film", "concert*", "séisme", "remporté", "gagné"),
    now=("aujourd'hui", "maintenant", "actuellement", "en ce moment", "hier", "demain", "ce soir", "ce matin", "cet après midi", "cette semaine", "ce week end", "ce mois ci", "cette année", "dernières", "dernière", "actuel", "actuelle", "récent", "récentes", "le dimanche", "le samedi", "cette nuit", "à l'heure actuelle"),
    asks=("quel", "quelle", "quels", "quelles", "qui", "combien", "quand", "où", "y a t il", "est ce que", "c'est quoi", "donne", "cherche", "dis moi", "il y a"),
    past=("siècle", "bataille", "guerre", "révolution", "à l'époque", "antiquité", "histoire de", "affaire dreyfus"),
    settled=("comment fonctionne", "comment fonctionnent", "comment se forme", "comment", "pourquoi", "explique", "explique moi", "différence", "compare", "en général", "thèmes", "trouve cinq noms", "idées de"),
    own=("préparer", "cuisiner", "recette*", "dîner", "ma fonction", "m'habiller", "je me sens", "ma lettre", "mon cv"),
    about=("veut dire", "que signifie", "signification", "définition", "le mot", "l'expression", "synonyme*", "poème", "roman", "nouvelle qui", "une nouvelle", "écris une histoire", "conte", "imagine", "file d'attente", "implémente", "programme en", "fonction", "classe en", "anglophone", "épargne de précaution", "sortie de secours"),
    work=("traduis", "traduire", "traduction", "résume ce", "résume le", "résumer", "reformule", "réécris", "classe cet", "classe ce", "sentiment", "paraphrase", "le texte suivant"),
    urgent=("urgent", "c'est urgent", "urgence", "en urgence", "au plus vite", "dès que possible", "le plus vite possible", "le plus rapidement possible", "tout de suite", "immédiatement", "pressé", "pressée", "vite s'il", "dépêche toi", "plus une minute", "pas le temps", "plus le temps", "asap", "sans attendre", "sur le champ"),
    opener=("vite", "urgent", "urgence", "au secours", "à l'aide", "rapidement"),
    soon=r" (?:dans|d ici|avant|reste) (?:\w+ ){0,2}(?:minutes|minute|min|un quart d heure|quart d heure|demi heure|une heure|heure|midi) ",
    event=("oral", "examen", "réunion", "entretien", "présentation", "rendre", "remettre", "patron", "attend", "délai", "commence", "client", "passe à"),
    outage=("est tombé", "en panne", "ne répond plus", "en pleine", "en production", "erreur 503", "plus rien ne marche", "hors ligne", "planté"),
    danger=("fuite de gaz", "saigne", "inconscient", "avalé", "ne respire", "douleur à la poitrine", "intoxication"),
    calm=("rien ne presse", "pas urgent", "sans urgence", "un de ces jours", "quand tu auras le temps", "pas pressé", "prends ton temps"),
)  # fmt: skip
