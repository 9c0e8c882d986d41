"""Spanish."""

from optipath_router.classify.timeliness.words.words import Words, listed

WORDS = Words(
    fresh=listed("""
        qué tiempo va a hacer, qué tiempo hace, qué tiempo hará, tiempo mañana, pronóstico para, últimas noticias,
        noticias de hoy, noticias más importantes de hoy, última versión, versión más reciente, versión actual,
        ya salió, ya ha salido, precio actual, cotización de hoy, tipo de cambio de hoy, dólar hoy, a cuánto está,
        cómo quedó, cómo quedaron, quién ganó anoche, quién ganó ayer, abierto hoy, abierta hoy, está abierto,
        está abierta, a qué hora cierra, a qué hora abre, horario de, qué ponen, en cartelera, llega con retraso,
        con retraso, quedan entradas, hay huelga, presidente actual, actual presidente, en directo, novedades sobre,
        se sabe ya, ya se sabe, se sabe quién, ya anunciaron, han anunciado, está caído, está caída, soy yo o,
        o soy yo, o es mi, quién va primero, quién va ganando, quién lidera, cómo va el, hay novedades,
        alguna novedad, cuánto subió, cuánto ha subido, próximo tren, cerca de aquí, farmacia de guardia,
        qué pasó con, qué ha pasado con, vuelo de hoy, a cómo está
    """),
    volatile=listed("""
        tiempo, clima, temperatura, lluvia, precio, precios, cuesta, cotización, acciones, bolsa, dólar, euro,
        bitcoin, tipo de cambio, tipos de interés, hipoteca, inflación, gasolina, noticias, titulares, resultado,
        partido, clasificación, liga, elecciones, encuestas, presidente, presidenta, ministro, ministra,
        primer ministro, versión, tráfico, vuelo, tren, metro, huelga, retraso, cine, película, estreno, concierto,
        terremoto, kilo, selección, entrenador*, seleccionador, ipc, salario mínimo, whatsapp, caído, combustible,
        tabla, goleador, fichaje*, lesión, polen, calidad del aire, huracán, incendio*, apagón, sentencia, ley,
        farmacia, cartelera, encuesta
    """),
    now=listed("""
        hoy, ahora, ahora mismo, actualmente, actual, en este momento, ayer, anoche, mañana, esta semana,
        este fin de semana, este mes, este año, esta noche, esta tarde, últimas, última, último, reciente,
        recientes, los sábados, los domingos, en estos momentos, ya, el mes pasado, la semana pasada,
        este trimestre, esta temporada, anteayer, pasado mañana, hasta ahora, todavía, aún, hace poco, recién
    """),
    asks=listed("""
        qué, quién, cuánto, cuál, cuándo, cómo, dónde, hay, está, dime, busca, muéstrame, sabes, cuánto cuesta
    """),
    past=listed("""
        siglo, batalla, guerra, antigua, imperial, imperio, revolución, historia de, entonces, en tiempos
    """),
    settled=listed("""
        cómo funciona, cómo funcionan, cómo se, cómo calculo, por qué, explica, explícame, diferencia,
        qué importancia, compara, en general, dame ideas, consejos
    """),
    own=listed("""
        puedo cenar, cenar, cocinar, receta*, mi función, mi trabajo, me siento, ponerme, redacta, mi currículum
    """),
    about=listed("""
        significa, significado, definición, la palabra, la expresión, sinónimo*, se escribe, cuento, novela, poema,
        relato, historia que, imagina, chiste, implementa, cola de prioridad, función, clase, fondo de emergencia,
        salida de emergencia
    """),
    work=listed("""
        traduce, traducir, traducción, resume, reescribe, reformula, clasifica, sentimiento, parafrasea,
        el siguiente texto, el siguiente correo
    """),
    urgent=listed("""
        urgente, urgentemente, urge, me urge, cuanto antes, lo antes posible, lo más rápido posible, de inmediato,
        inmediatamente, ya por favor, ahora mismo por favor, no hay tiempo, no tengo tiempo, tengo prisa,
        llevo prisa, date prisa, una emergencia, emergencia !, deprisa, para ya, asap, con urgencia, apúrate,
        corre ., corre !, corriendo, ya mismo, volando, a toda prisa, lo más pronto posible, apurado, apurada,
        estoy apurado, no puedo esperar, es para ya, sin demora, al instante, en seguida, enseguida, pánico, ándale,
        rapidito
    """),
    opener=listed("""
        rápido, urgente, urge, ayuda, socorro, ayúdame
    """),
    soon=r" (?:en|dentro de|quedan|faltan) (?:\w{1,20} ){0,2}(?:minutos|minuto|min|media hora|una hora|hora) ",
    event=listed("""
        examen, reunión, entrevista, presentación, entrega, entrego, entregar, jefe, espera, esperando, empieza,
        entro, plazo, cliente, avión sale, vuelo sale, tren sale, al cliente, el cliente, en la otra línea,
        al teléfono, por teléfono, me toca, salimos en vivo, audiencia, defensa de, exposición, el profesor
    """),
    outage=listed("""
        se nos cayó, se cayó, caído, no pueden comprar, en producción, no funciona nada, servidor de, colgado,
        no carga, no abre, no arranca, no funciona, no me deja, se colgó, se bloqueó, falla, bloqueado,
        no pueden pagar
    """),
    danger=listed("""
        emergencia, sangra, inconsciente, acaba de comer, se tragó, no respira, fuga de gas, dolor en el pecho
    """),
    calm=listed("""
        no corre prisa, sin prisa, no es urgente, no hay prisa, cuando puedas, cuando tengas tiempo
    """),
)
