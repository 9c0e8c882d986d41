"""French."""

from optipath_router.classify.timeliness.words.words import Words, listed

WORDS = Words(
    fresh=listed("""
        quel temps fera, quel temps fait, météo de demain, météo à, dernières nouvelles, dernières infos,
        dernière version, version actuelle, version la plus récente, actualités du jour, actualité du jour,
        cours actuel, taux actuel, score du match, est ouverte aujourd'hui, est ouvert aujourd'hui,
        ouvert aujourd'hui, à quelle heure ferme, à quelle heure ouvre, horaires de, horaires d'ouverture,
        des perturbations, à l'heure, en retard, il passe quoi, au cinéma ce soir, à la télé ce soir,
        reste des places, reste des billets, déjà sorti, déjà sortie, président actuel, actuel président,
        actuelle ministre, en grève, combien vaut, gagné hier, en direct, est ce qu'on sait, on sait déjà,
        sait on déjà, a été annoncé, est ce que c'est annoncé, il y a une panne, une panne chez, ou c'est ma,
        ou c'est moi, c'est juste moi, qui est en tête, qui mène, où en est, où en sont, du nouveau sur,
        prochain train, prochain bus, pharmacie de garde, près d'ici, a t il augmenté, a t elle augmenté,
        qu'est ce qui se passe, que se passe t il, combien coûte
    """),
    volatile=listed("""
        temps, météo, température, pluie, neige, cours, action, bourse, prix, coûte, euro, dollar, dollars, bitcoin,
        taux, taux de change, inflation, essence, sans plomb, gazole, nouvelles, infos, actualités, titres, score,
        match, classement, ligue, élection*, sondage*, président, premier ministre, ministre, version, trafic,
        train, vol, rer, métro, perturbations, grève*, cinéma, film, concert*, séisme, remporté, gagné, smic, panne,
        entraîner, entraîneur, sélectionneur, ipc, prix à la consommation, ligue 1, transfert*, blessé, pollen*,
        qualité de l'air, canicule, vigilance, incendie*, coupure*, loi, verdict, cessez le feu, box office,
        pharmacie, carburant*
    """),
    now=listed("""
        aujourd'hui, maintenant, actuellement, en ce moment, hier, demain, ce soir, ce matin, cet après midi,
        cette semaine, ce week end, ce mois ci, cette année, dernières, dernière, actuel, actuelle, récent,
        récentes, le dimanche, le samedi, cette nuit, à l'heure actuelle, déjà, le mois dernier,
        la semaine dernière, ce trimestre, cette saison, avant hier, après demain, jusqu'ici, encore, récemment,
        à ce jour
    """),
    asks=listed("""
        quel, quelle, quels, quelles, qui, combien, quand, où, y a t il, est ce que, c'est quoi, donne, cherche,
        dis moi, il y a
    """),
    past=listed("""
        siècle, bataille, guerre, révolution, à l'époque, antiquité, histoire de, affaire dreyfus
    """),
    settled=listed("""
        comment fonctionne, comment fonctionnent, comment se forme, comment, pourquoi, explique, explique moi,
        différence, compare, en général, thèmes, trouve cinq noms, idées de
    """),
    own=listed("""
        préparer, cuisiner, recette*, dîner, ma fonction, m'habiller, je me sens, ma lettre, mon cv
    """),
    about=listed("""
        veut dire, que signifie, signification, définition, le mot, l'expression, synonyme*, poème, roman,
        nouvelle qui, une nouvelle, écris une histoire, conte, imagine, file d'attente, implémente, programme en,
        fonction, classe en, anglophone, épargne de précaution, sortie de secours
    """),
    work=listed("""
        traduis, traduire, traduction, résume ce, résume le, résumer, reformule, réécris, classe cet, classe ce,
        sentiment, paraphrase, le texte suivant
    """),
    urgent=listed("""
        urgent, c'est urgent, c'est une urgence, urgence !, urgence :, en urgence, au plus vite, dès que possible,
        le plus vite possible, le plus rapidement possible, tout de suite, immédiatement, pressé, pressée,
        vite s'il, dépêche toi, plus une minute, pas le temps, plus le temps, asap, sans attendre, sur le champ,
        grouille, grouille toi, magne toi, fissa, illico, au plus tôt, à toute vitesse, rapidement s'il,
        je n'ai pas le temps, presse, ça urge, ça brûle, il y a urgence, dans la minute, sans délai, panique,
        en catastrophe
    """),
    opener=listed("""
        vite, urgent, urgence, au secours, à l'aide, rapidement
    """),
    soon=r" (?:dans|d ici|avant|reste) (?:\w{1,20} ){0,2}(?:minutes|minute|min|un quart d heure|quart d heure|"
    r"demi heure|une heure|heure|midi) ",
    event=listed("""
        oral, examen, réunion, entretien, présentation, rendre, remettre, patron, attend, délai, commence, client,
        passe à, avion décolle, vol part, train part, mon train, le client est, au téléphone, en ligne avec,
        c'est mon tour, mise en ligne, mise en production, soutenance, audience, ascenseur, l'inspecteur
    """),
    outage=listed("""
        est tombé, en panne, ne répond plus, en pleine, en production, erreur 503, plus rien ne marche, hors ligne,
        planté, plante, ne s'ouvre pas, ne charge pas, ne démarre pas, ne marche pas, bloqué, buggue, refuse ma,
        ne fonctionne plus
    """),
    danger=listed("""
        fuite de gaz, saigne, inconscient, avalé, ne respire, douleur à la poitrine, intoxication
    """),
    calm=listed("""
        rien ne presse, pas urgent, sans urgence, un de ces jours, quand tu auras le temps, pas pressé,
        prends ton temps
    """),
)
