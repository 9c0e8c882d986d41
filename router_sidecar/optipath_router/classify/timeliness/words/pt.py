"""Portuguese."""

from optipath_router.classify.timeliness.words.words import Words, listed

WORDS = Words(
    fresh=listed("""
        como vai estar o tempo, como está o tempo, previsão para, previsão do tempo para, vai chover,
        últimas notícias, notícias de hoje, versão mais recente, última versão, versão atual, quanto está o dólar,
        quanto está, dólar hoje, cotação do, cotação de hoje, quanto foi o jogo, quem ganhou ontem, está aberta,
        está aberto, aberto agora, aberta agora, a que horas fecha, a que horas abre, que horas fecha,
        que horas abre, horário de funcionamento, está passando, em cartaz, está atrasado, atrasado, tem greve,
        há greve, ingressos, bilhetes disponíveis, já saiu, já foi lançado, atual presidente, presidente atual,
        atual ministro, ao vivo, já se sabe, já sabem, foi anunciado, já anunciaram, caiu ou, ou é o meu, ou sou eu,
        só comigo, quem está na frente, quem lidera, de quanto foi, quanto subiu, quanto aumentou, em que pé está,
        tem novidades, há novidades, próximo trem, próximo comboio, aqui perto, farmácia de plantão,
        farmácia de serviço, o que aconteceu com, o que está acontecendo, saiu o resultado, como vai o
    """),
    volatile=listed("""
        tempo, clima, temperatura, chuva, preço, preços, custa, cotação, ações, bolsa, dólar, euro, bitcoin, câmbio,
        taxa, selic, juros, inflação, gasolina, notícias, manchetes, resultado, jogo, tabela, campeonato, eleições,
        pesquisas, presidente, ministro, ministra, versão, trânsito, voo, trem, comboio, metrô, greve, cinema,
        filme, show, terremoto, enchentes, farmácia, ganhou, seleção, treinar, treinador*, técnico, ipca,
        salário mínimo, pix, combustível, brasileirão, artilheiro, contratação, lesão, pólen, qualidade do ar,
        incêndio*, apagão, sentença, lei, cessar fogo, bilheteria, pesquisa, gasóleo
    """),
    now=listed("""
        hoje, agora, atualmente, actualmente, atual, neste momento, no momento, ontem, amanhã, esta semana,
        essa semana, este fim de semana, este mês, este ano, hoje à noite, esta noite, últimas, última,
        mais recente, recentes, no domingo, aos domingos, no sábado, já, mês passado, semana passada,
        este trimestre, esta temporada, anteontem, depois de amanhã, até agora, ainda, recentemente, faz pouco
    """),
    asks=listed("""
        que, o que, quem, quanto, qual, quais, quando, onde, como, tem, há, diga, me diz, procure, busque
    """),
    past=listed("""
        século, batalha, guerra, revolução, antiga, história de, na época, império
    """),
    settled=listed("""
        como funciona, como funcionam, como se forma, como calcular, por que, por quê, porque é que, explique,
        explica, diferença, compare, em geral, sugira, dicas
    """),
    own=listed("""
        para o jantar, jantar, cozinhar, receita*, me sinto, minha função, vestir, minha carta
    """),
    about=listed("""
        significa, significado, definição, a palavra, a expressão, sinônimo*, qual é o certo, conto, poema, romance,
        história que, imagine, implemente, fila, função, classe, reserva de emergência, saída de emergência,
        fundo de emergência
    """),
    work=listed("""
        traduza, traduz, tradução, resuma, resume, reescreva, reescreve, reformule, classifique, sentimento,
        o texto a seguir
    """),
    urgent=listed("""
        urgente, urgência, com urgência, o mais rápido possível, o quanto antes, quanto antes, imediatamente,
        de imediato, com pressa, estou com pressa, já por favor, pra ontem, para ontem, não há tempo,
        não tenho tempo, sem tempo, é uma emergência, emergência !, socorro, asap, depressa, agora mesmo, corre .,
        corre !, correndo, rapidinho, agora já, neste instante, na hora, o quanto mais rápido, não posso esperar,
        sem demora, pânico, desesperado, desesperada, acelera, vai logo, anda logo, prioridade máxima
    """),
    opener=listed("""
        rápido, urgente, socorro, ajuda, depressa
    """),
    soon=r" (?:em|daqui a|dentro de|faltam|até ao|até o) (?:\w{1,20} ){0,2}(?:minutos|minuto|min|meia hora|"
    r"uma hora|hora|meio dia) ",
    event=listed("""
        prova, exame, reunião, entrevista, apresentação, entregar, entrega, chefe, esperando, à espera, começa,
        prazo, cliente, avião sai, voo sai, trem sai, comboio parte, o cliente, na linha, ao telefone, no telefone,
        minha vez, entramos no ar, entra no ar, audiência, defesa da tese, banca, no elevador, professor
    """),
    outage=listed("""
        caiu, fora do ar, estão reclamando, em produção, travou, disco encheu, não funciona mais, não abre,
        não carrega, não inicia, não funciona, não deixa, bloqueado, quebrou, deu pau, dá erro
    """),
    danger=listed("""
        engoliu, sangrando, desmaiou, não respira, vazamento de gás, fuga de gás, dor no peito
    """),
    calm=listed("""
        não tenho pressa, sem pressa, não é urgente, pressa nenhuma, quando puder, quando tiver tempo, com calma
    """),
)
