"""Spanish."""

from optipath_router.classify.timeliness.words.words import Words

WORDS = Words(
    fresh=("qué tiempo va a hacer", "qué tiempo hace", "qué tiempo hará", "tiempo mañana", "pronóstico para", "últimas noticias", "noticias de hoy", "noticias más importantes de hoy", "última versión", "versión más reciente", "versión actual", "ya salió", "ya ha salido", "precio actual", "cotización de hoy", "tipo de cambio de hoy", "dólar hoy", "a cuánto está", "cómo quedó", "cómo quedaron", "quién ganó anoche", "quién ganó ayer", "abierto hoy", "abierta hoy", "está abierto", "está abierta", "a qué hora cierra", "a qué hora abre", "horario de", "qué ponen", "en cartelera", "llega con retraso", "con retraso", "quedan entradas", "hay huelga", "presidente actual", "actual presidente", "en directo", "novedades sobre"),
    volatile=("tiempo", "clima", "temperatura", "lluvia", "precio", "precios", "cuesta", "cotización", "acciones", "bolsa", "dólar", "euro", "bitcoin", "tipo de cambio", "tipos de interés", "hipoteca", "inflación", "gasolina", "noticias", "titulares", "resultado", "partido", "clasificación", "liga", "elecciones", "encuestas", "presidente", "presidenta", "ministro", "ministra", "primer ministro", "versión", "tráfico", "vuelo", "tren", "metro", "huelga", "retraso", "cine", "película", "estreno", "concierto", "terremoto", "kilo"),
    now=("hoy", "ahora", "ahora mismo", "actualmente", "actual", "en este momento", "ayer", "anoche", "mañana", "esta semana", "este fin de semana", "este mes", "este año", "esta noche", "esta tarde", "últimas", "última", "último", "reciente", "recientes", "los sábados", "los domingos", "en estos momentos"),
    asks=("qué", "quién", "cuánto", "cuál", "cuándo", "cómo", "dónde", "hay", "está", "dime", "busca", "muéstrame", "sabes", "cuánto cuesta"),
    past=("siglo", "batalla", "guerra", "antigua", "imperial", "imperio", "revolución", "historia de", "entonces", "en tiempos"),
    settled=("cómo funciona", "cómo funcionan", "cómo se", "cómo calculo", "por qué", "explica", "explícame", "diferencia", "qué importancia", "compara", "en general", "dame ideas", "consejos"),
    own=("puedo cenar", "cenar", "cocinar", "receta*", "mi función", "mi trabajo", "me siento", "ponerme", "redacta", "mi currículum"),
    about=("significa", "significado", "definición", "la palabra", "la expresión", "sinónimo*", "se escribe", "cuento", "novela", "poema", "relato", "historia que", "imagina", "chiste", "implementa", "cola de prioridad", "función", "clase", "fondo de emergencia", "salida de emergencia"),
    work=("traduce", "traducir", "traducción", "resume", "reescribe", "reformula", "clasifica", "sentimiento", "parafrasea", "el siguiente texto", "el siguiente correo"),
    urgent=("urgente", "urgentemente", "urge", "me urge", "cuanto antes", "lo antes posible", "lo más rápido posible", "de inmediato", "inmediatamente", "ya por favor", "ahora mismo por favor", "no hay tiempo", "no tengo tiempo", "tengo prisa", "llevo prisa", "date prisa", "emergencia", "deprisa", "para ya", "asap", "con urgencia", "apúrate"),
    opener=("rápido", "urgente", "urge", "ayuda", "socorro", "ayúdame"),
    soon=r" (?:en|dentro de|quedan|faltan) (?:\w+ ){0,2}(?:minutos|minuto|min|media hora|una hora|hora) ",
    event=("examen", "reunión", "entrevista", "presentación", "entrega", "entrego", "entregar", "jefe", "espera", "esperando", "empieza", "entro", "plazo", "cliente"),
    outage=("se nos cayó", "se cayó", "caído", "no pueden comprar", "en producción", "no funciona nada", "servidor de", "colgado"),
    danger=("emergencia", "sangra", "inconsciente", "acaba de comer", "se tragó", "no respira", "fuga de gas", "dolor en el pecho"),
    calm=("no corre prisa", "sin prisa", "no es urgente", "no hay prisa", "cuando puedas", "cuando tengas tiempo"),
)  # fmt: skip
