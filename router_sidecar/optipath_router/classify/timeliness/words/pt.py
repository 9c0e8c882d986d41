"""Portuguese."""

from optipath_router.classify.timeliness.words.words import Words

WORDS = Words(
    fresh=("como vai estar o tempo", "como está o tempo", "previsão para", "previsão do tempo para", "vai chover", "últimas notícias", "notícias de hoje", "versão mais recente", "última versão", "versão atual", "quanto está o dólar", "quanto está", "dólar hoje", "cotação do", "cotação de hoje", "quanto foi o jogo", "quem ganhou ontem", "está aberta", "está aberto", "aberto agora", "aberta agora", "a que horas fecha", "a que horas abre", "que horas fecha", "que horas abre", "horário de funcionamento", "está passando", "em cartaz", "está atrasado", "atrasado", "tem greve", "há greve", "ingressos", "bilhetes disponíveis", "já saiu", "já foi lançado", "atual presidente", "presidente atual", "atual ministro", "ao vivo"),
    volatile=("tempo", "clima", "temperatura", "chuva", "preço", "preços", "custa", "cotação", "ações", "bolsa", "dólar", "euro", "bitcoin", "câmbio", "taxa", "selic", "juros", "inflação", "gasolina", "notícias", "manchetes", "resultado", "jogo", "tabela", "campeonato", "eleições", "pesquisas", "presidente", "ministro", "ministra", "versão", "trânsito", "voo", "trem", "comboio", "metrô", "greve", "cinema", "filme", "show", "terremoto", "enchentes", "farmácia", "ganhou"),
    now=("hoje", "agora", "atualmente", "actualmente", "atual", "neste momento", "no momento", "ontem", "amanhã", "esta semana", "essa semana", "este fim de semana", "este mês", "este ano", "hoje à noite", "esta noite", "últimas", "última", "mais recente", "recentes", "no domingo", "aos domingos", "no sábado"),
    asks=("que", "o que", "quem", "quanto", "qual", "quais", "quando", "onde", "como", "tem", "há", "diga", "me diz", "procure", "busque"),
    past=("século", "batalha", "guerra", "revolução", "antiga", "história de", "na época", "império"),
    settled=("como funciona", "como funcionam", "como se forma", "como calcular", "por que", "por quê", "porque é que", "explique", "explica", "diferença", "compare", "em geral", "sugira", "dicas"),
    own=("para o jantar", "jantar", "cozinhar", "receita*", "me sinto", "minha função", "vestir", "minha carta"),
    about=("significa", "significado", "definição", "a palavra", "a expressão", "sinônimo*", "qual é o certo", "conto", "poema", "romance", "história que", "imagine", "implemente", "fila", "função", "classe", "reserva de emergência", "saída de emergência", "fundo de emergência"),
    work=("traduza", "traduz", "tradução", "resuma", "resume", "reescreva", "reescreve", "reformule", "classifique", "sentimento", "o texto a seguir"),
    urgent=("urgente", "urgência", "com urgência", "o mais rápido possível", "o quanto antes", "quanto antes", "imediatamente", "de imediato", "com pressa", "estou com pressa", "já por favor", "pra ontem", "para ontem", "não há tempo", "não tenho tempo", "sem tempo", "emergência", "socorro", "asap", "depressa", "agora mesmo"),
    opener=("rápido", "urgente", "socorro", "ajuda", "depressa"),
    soon=r" (?:em|daqui a|dentro de|faltam|até ao|até o) (?:\w+ ){0,2}(?:minutos|minuto|min|meia hora|uma hora|hora|meio dia) ",
    event=("prova", "exame", "reunião", "entrevista", "apresentação", "entregar", "entrega", "chefe", "esperando", "à espera", "começa", "prazo", "cliente"),
    outage=("caiu", "fora do ar", "estão reclamando", "em produção", "travou", "disco encheu", "não funciona mais"),
    danger=("engoliu", "sangrando", "desmaiou", "não respira", "vazamento de gás", "fuga de gás", "dor no peito"),
    calm=("não tenho pressa", "sem pressa", "não é urgente", "pressa nenhuma", "quando puder", "quando tiver tempo", "com calma"),
)  # fmt: skip
