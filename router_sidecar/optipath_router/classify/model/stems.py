"""What people say when they want something done, by concept, in some twenty languages.

A stem stands for every word or phrase that begins with it, in lower case. A
concept is one thing in all languages, so that what was learned of it in one
of them holds in the others.
"""

from typing import Final

STEMS: Final[dict[str, str]] = {
    "translate": """
        translat|into english|into french|into german|into spanish|into japanese|into chinese|how do you say|in english:
        übersetz|übertrage ins|ins deutsche|ins englische|auf englisch|traduc|traduz|tradui|tradur|traducci|al inglés
        al español|en anglais|en français :|in inglese|in italiano|para o inglês|vertaal|naar het engels|tłumacz
        przetłumacz|översätt|перевед|перевест|перевод|на английск|на русск|переклад|çevir|ingilizceye|türkçeye|ترجم
        إلى الإنجليزية|إلى العربية|ترجمه|תרגם|अनुवाद|अंग्रेज़ी में|অনুবাদ|แปล|dịch|sang tiếng|terjemah|ke dalam bahasa
        翻译|译成|译为|翻成|用英语怎么说|的英文|翻訳|訳し|訳して|和訳|英訳|英語に|日本語に|英語で何|번역|영어로|한국어로
        일본어로|tafsiri""",
    "summarize": """
        summar|tl;dr|tldr|key points|main points|main idea|in a nutshell|condense|headline|abstract for|takeaway
        boil down|recap|zusammenfass|fasse|fassen sie|kernaussag|kurzfassung|überschrift|resum|resúm|puntos clave
        puntos principales|titular|résum|points clés|en quelques phrases|synthèse|riassum|riepilog|sintesi|sintetizz
        punti chiave|resuma|pontos principais|samenvat|streszcz|podsumuj|sammanfatta|кратк|резюм|обобщ|суть
        основные мысли|заголовок|підсум|özet|ana fikir|لخص|تلخيص|ملخص|خلاصه|סכם|सारांश|संक्षेप|সারাংশ|สรุป|tóm tắt
        ringkas|rangkum|muhtasari|总结|摘要|概括|概述|归纳|提炼|缩写|起一个标题|要約|まとめ|要点|要旨|見出し
        かいつまんで|요약|정리해|핵심|간추|제목을 붙""",
    "rewrite": """
        rewrit|rephras|paraphras|reword|proofread|polish|edit the|edit this|edit my|correct the|fix the grammar
        fix the spelling|fix any|improve the|improve this|make this|make the following|more formal|more concise
        more polite|simplify|shorten|tone down|umschreib|schreibe den|schreib den|umformulier|formulier|korrigier
        verbesser|kürze|höflicher|vereinfach|reescrib|reformul|corrig|corríg|mejora|acorta|más formal|parafras|réécri
        réécrire|corrige|amélior|raccourci|simplifi|plus formel|riscriv|riformul|corregg|miglior|accorcia|semplific
        reescrev|melhor|herschrijf|verbeter|przepisz|popraw|skriv om|förbättra|перепиш|перефраз|исправ|улучши|сократи
        упрост|отредактир|перероби|виправ|yeniden yaz|düzelt|daha resmi|sadeleştir|أعد صياغة|أعد كتابة|صحح|حسن|بازنویسی
        שכתב|תקן|फिर से लिख|दोबारा लिख|सुधार|अशुद्ध|ঠিক কর|แก้ไข|เขียนใหม่|viết lại|sửa|tulis ulang|perbaiki|andika upya
        改写|重写|修改|润色|改成|改为|改得|编辑|更正|纠正|替换|重新表述|换一种|简化|修正|書き直|言い換え|書き換え|直して
        校正|添削|推敲|もっと丁寧|다시 써|고쳐|수정해|바꿔|다듬|교정|바꾸어|더 정중""",
    "classify": """
        classif|categor|sentiment|positive or negative|positive, negative|which category|label each|label the|spam or
        is it spam|fact or opinion|assign each|sort these|sort the following|group these|tag each|is this statement
        entail|which of these categories|klassifiz|kategor|ordne|einordn|stimmung|positiv oder negativ|welcher kategorie
        clasific|sentimiento|categoría|positiv|etiquet|classe|classifi|catégor|à quelle catégorie|sentimento
        a quale categoria|categoria|categoriz|in welke categorie|sklasyfik|do której kategorii|klassificera|классифиц
        категори|тональност|определи, к|отнеси|спам|класифік|sınıfland|duygu|hangi kategori|صنف|تصنيف|هل هذا التعليق
        دسته‌بندی|סווג|वर्गीक|श्रेणी|भावना|শ্রেণী|จำแนก|จัดประเภท|phân loại|klasifikasi|kategori|panga kwa|分类|归类
        类别|情感|正面还是|积极还是|正面或|属于哪|属于什么|分为|分成|划分|判断下列|判断以下|是否属于|分類|カテゴリ
        感情分析|ポジティブ|ネガティブ|どの種類|仕分け|분류|카테고리|감정 분석|긍정|부정|어느 범주|스팸""",
    "extract": """
        extract|pull out|pick out|list all the|list every|find all the|find every|identify the named|named entit
        output in json|as json|in json|return a json|json format|as csv|into a table|as a table|key-value
        fill in the fields|from the text below|from the following text|which companies|evaluate the following|extrahier
        entnimm|liste alle|finde alle|nenne alle|als json|extrae|extraer|extraig|extrai|enumera todos|encuentra todos
        en formato json|extrait|relève|liste toutes|au format json|estrai|estrarr|elenca tutt|trova tutt|in formato json
        liste todos|haal|wyodrębnij|wypisz|extrahera|извлек|выпиши|найди все|выдели|в формате json|витягни|çıkar|ayıkla
        listele|استخرج|استخراج|חלץ|निकाल|সংগ্রহ|ดึงข้อมูล|ระบุชื่อ|trích xuất|liệt kê tất cả|ekstrak|toa majina|提取
        抽取|找出|筛选|列出文|列出所有|摘出|关键词|識別|识别出|抽出|取り出|抜き出|リストアップ|書き出|すべて挙げ|추출
        뽑아|찾아내|찾아서|골라""",
    "write": """
        write a story|write me a|write an|write a short|short story|story about|poem|essay|blog|slogan|haiku|limerick
        sonnet|lyrics|song about|screenplay|novel|fanfic|fan fiction|compose|draft|letter to|cover letter|speech
        advertis|product description|caption|newsletter|script for|tagline|toast for|compose an|aufsatz|gedicht
        geschichte über|geschichte von|verfass|schreib ein|schreibe ein|schreiben sie ein|entwirf|entwerf|werbetext
        rede für|escrib|redact|poema|cuento|ensayo|carta|discurso|eslogan|rédig|écris|écrivez|écrire|poème|histoire
        lettre|discours|scriv|redig|racconto|poesia|saggio|lettera|discorso|componi|escrev|redij|crônica|schrijf|napisz
        wiersz|opowiadanie|skriv en|skriv ett|напиши|сочини|составь письмо|рассказ|стих|эссе|поздравл|речь|напиш|yaz
        şiir|hikaye|hikâye|öykü|اكتب|قصيدة|قصة|رسالة|مقال|بنویس|שיר|סיפור|כתוב|लिख|कविता|कहानी|निबंध|লিখ|কবিতা|গল্প
        เขียน|แต่ง|viết|bài thơ|câu chuyện|tulis|puisi|cerita|andika|shairi|写一|写首|写篇|写个|写封|帮我写|编写一
        编一个|作文|首诗|故事|文章|广告|口号|邮件|演讲|创作|撰写|生成一|作诗|散文|书いて|書いて|作成し|物語|詩を
        エッセイ|メール|小説|俳句|キャッチコピー|써줘|써 줘|써주|작성|시를|이야기|에세이|이메일|소설|글을|편지|광고
        시 한 편""",
    "role": """
        pretend|imagine you|imagine yourself|act as|act like|you are a|you are an|you are the|you're a|play the role
        role-play|roleplay|role play|as if you were|picture yourself|embody|in character|persona|stay in role|speak as
        assume the role|take on the role|let's play|stell dir vor, du|stellen sie sich vor|du bist ein|du bist der
        du bist die|sie sind ein|rolle|schlüpf|spiele ein|tu so|imagina que eres|imagine que|finge|actúa|papel de
        ponte en|eres un|haz de cuenta|joue le rôle|mets-toi|fais semblant|agis comme|imagine que tu|tu es un|incarne
        immagina di|fingi|ruolo|mettiti|interpreta|sei un|comportati|finja|aja como|você é um|doe alsof|je bent een
        udawaj|wciel się|jesteś|låtsas|du är en|представь|притвор|роль|веди себя|ты —|ты -|ты опытн|сыграй|уяви|rolünü
        gibi davran|sen bir|تخيل أنك|تظاهر|أنت طبيب|تقمص|دور|وانمود کن|העמד פנים|अभिनय|कल्पना करो कि तुम|आप एक|भूमिका
        অভিনয়|สมมติว่าคุณ|แสดงเป็น|đóng vai|hãy tưởng tượng bạn|berperan|bayangkan kamu|jifanye|扮演|假设你|假装|想象你
        你是一|你现在是|角色|作为一名|作为一位|充当|なりきって|ふりを|あなたは|演じ|ロールプレイ|として振る舞
        になったつもり|역할|당신은|너는|인 척|인척|되어|연기해|라고 상상""",
    "code": """
        python|javascript|typescript|java |java.|c++|c#|golang|rust|kotlin|swift|php|ruby|sql|bash|shell|powershell|code
        function|program|html|css|react|node.js|django|pandas|numpy|docker|kubernetes|yaml|algorithm|implement
        import |script that|regex|regular expression|compil|debug|bug|refactor|unit test|api|endpoint|class |#include
        def |stack trace|exception|git |linux|assert|quellcode|programmier|funktion|codice|código|programm|función
        fonction|funzione|função|algoritm|algorithme|programa|функци|программ|код|скрипт|алгоритм|kod|fonksiyon|دالة
        برنامج|كود|برنامه|קוד|פונקציה|कोड|फ़ंक्शन|प्रोग्राम|কোড|โค้ด|ฟังก์ชัน|lập trình|hàm|đoạn mã|kode|fungsi|programu
        代码|函数|编程|程序|算法|脚本|报错|正则|接口|数据库查询|コード|関数|プログラム|実装|アルゴリズム|スクリプト|バグ
        クエリ|코드|함수|프로그램|알고리즘|구현|파이썬|스크립트|쿼리|버그""",
    "math": """
        how many|how much|calculat|comput|equation|solve|sum of|product of|probability|triangle|circle|integer|integral
        derivative|matrix|polynomial|prime|percent|average|find the value|in total|prove|proof|theorem|remainder
        factorial|geometry|algebra|simplify the|evaluate|wie viele|wie viel|wieviel|berechne|gleichung
        wahrscheinlichkeit|insgesamt|beweise|löse|cuánt|calcul|ecuación|probabilidad|resuelve|demuestra|combien|équation
        probabilité|démontre|résous|au total|quanti |quante |quanto |calcola|equazione|probabilità|dimostra|risolvi
        quantos|quantas|calcule|equação|prove que|hoeveel|bereken|ile |oblicz|równani|udowodnij|hur många|beräkna
        сколько|вычисл|уравнен|вероятност|докажи|реши|найди значение|скільки|обчисли|kaç|hesapla|denklem|olasılık
        ispatla|كم|احسب|معادلة|احتمال|أثبت|چند|حساب کن|כמה|חשב|कितन|गणना|समीकरण|कत|কত|నిర్ణయ|ఎన్ని|ఎంత|เท่าไร|เท่าไหร่
        กี่|คำนวณ|สมการ|bao nhiêu|tính|phương trình|berapa|hitung|persamaan|ngapi|hesabu|多少|计算|求|解方程|方程|概率
        面积|几个|几元|平均|证明|等于|积分|导数|いくつ|いくら|何個|何人|何円|計算|求め|方程式|確率|合計|面積|証明|解いて
        積分|몇 |얼마|계산|구하|방정식|확률|넓이|합은|증명|풀어|적분""",
    "reason": """
        logic|riddle|puzzle|deduc|infer|odd one out|does not belong|which of these is|what would happen|what if|clue
        overtak|older than|taller than|who is the|brother|sister|explain why|counterfactual|if all|some of the
        is it possible that|must be true|conclude|next in the sequence|sequence:|syllogism|truth|liar|step by step
        logi[ks]|logisch|logik|rätsel|schlussfolger|was wäre|wenn alle|passt nicht|älter als|lógic|acertijo|adivinanza
        qué pasaría|si todos|mayor que|énigme|logique|dédui|que se passerait|si tous|devinette|logica|indovinello
        dedurre|cosa succederebbe|se tutti|lógica|charada|o que aconteceria|raadsel|zagadk|logiczn|gåta|загадк|логик
        логич|что если|что было бы|если все|старше|выше|вывод|bulmaca|mantık|bilmece|ne olurdu|لغز|منطق|ماذا لو
        إذا كان كل|معما|חידה|पहेली|तर्क|यदि सभी|ধাঁধা|ปริศนา|ตรรกะ|ถ้าทุก|câu đố|suy luận|logika|teka-teki|kitendawili
        推理|逻辑|谜|如果所有|如果|假如|为什么|推断|谁最|不同类|规律|下一个|真话|推論|論理|なぞなぞ|もし|パズル|なぜ
        仲間はずれ|法則|次に来る|嘘つき|추론|논리|수수께끼|만약|퍼즐|왜|규칙|거짓말|다음에 올|모든""",
    "ask": """
        what is|what are|what was|what does|who |when |where |which |explain|describe|define|difference between|how does
        wo |how do|tell me about|why is|why do|name the|meaning of|compare|was ist|was sind|was bedeutet|wer |wann
        erklär|beschreib|unterschied|warum|nenne|qué es|qué son|cuál|quién|cuándo|dónde|explica|diferencia|por qué
        qu'est-ce|quel|qui |quand|où |expliqu|décri|différence|pourquoi|cos'è|cosa |quali|chi |quando|dove|spieg|descriv
        differenza|perché|o que é|qual|quem|explique|diferença|wat is|leg uit|verschil|co to|wyjaśnij|kto |różnica
        vad är|förklara|что такое|объясни|опиши|какой|какая|какие|кто |когда|где |почему|чем отлич|расскажи|що таке
        поясни|nedir|açıkla|kimdir|ne zaman|nerede|hangi|fark|ما هو|ما هي|اشرح|من هو|متى|أين|الفرق|چیست|توضیح|מה זה|הסבר
        מי |क्या है|क्या |समझा|कौन|कब|अंतर|কী|ব্যাখ্যা|คืออะไร|อธิบาย|ใคร|ที่ไหน|เมื่อไร|là gì|giải thích|khác nhau
        apa itu|apa |jelaskan|siapa|perbedaan|nini|eleza|什么是|是什么|解释|描述|说明|介绍|区别|哪里|哪个|哪一|谁|何时
        原因|含义|回答|何ですか|とは|説明|違い|述べ|教えて|どこ|いつ|誰|どうして|仕組み|무엇|설명|차이|알려|어떤|어디
        누구|언제|뜻""",
    "advise": """
        advice|ideas for|ideas|suggest|recommend|tips|how can i|how do i|how should i|should i|brainstorm|plan a|ways to
        what should i|help me|best way to|what can i do|gift|rat |ratschläg|ideen|vorschl|schlag |empfehl|empfiehl|tipps
        wie kann ich|was soll ich|consejo|sugier|recom|cómo puedo|qué debería|conseil|idées|suggère|sugg|recommand
        comment puis|que dois-je|consigli|idee|sugger|come posso|cosa dovrei|dicas|conselho|ideias|como posso|sugira
        tips voor|aanbevel|hoe kan ik|poleć|pomysł|jak mogę|tips för|föreslå|совет|иде|предлож|посовет|порекоменд
        как мне|что делать|порад|öneri|öner|tavsiye|nasıl|fikir|نصيح|نصائح|اقترح|كيف يمكنني|أفكار|پیشنهاد|چگونه|המלץ
        עצות|सुझाव|सलाह|कैसे|পরামর্শ|แนะนำ|ควร|ไอเดีย|lời khuyên|gợi ý|làm sao|saran|bagaimana cara|rekomendasi|ushauri
        建议|推荐|想法|如何|怎么|怎样|提供|列举|点子|方法|技巧|怎么办|アドバイス|アイデア|提案|おすすめ|どうすれば
        どうしたら|コツ|案を|추천|조언|아이디어|제안|방법|어떻게|팁""",
    "greet": """
        hi |hi,|hi!|hello|hey|good morning|good evening|good night|how are you|how's it going|thanks|thank you|i feel
        i'm feeling|i am feeling|i'm so|i'm bored|nice to meet|bye|lol|you there|what's up|tell me a joke|let's chat
        hallo|guten morgen|guten tag|guten abend|wie geht|danke|mir ist|ich fühle|hola|buenos días|buenas|qué tal
        gracias|me siento|bonjour|bonsoir|salut|comment ça va|comment vas|merci|je me sens|je suis triste|ciao
        buongiorno|buonasera|come stai|grazie|mi sento|olá|oi |bom dia|boa noite|tudo bem|obrigad|me sinto|hoi
        goedemorgen|bedankt|cześć|dzień dobry|dzięki|hej|tack|привет|здравств|добрый|доброе|как дела|спасибо|мне грустно
        мне скучно|привіт|дякую|merhaba|selam|günaydın|nasılsın|teşekkür|مرحبا|السلام|صباح|كيف حالك|شكرا|أشعر|سلام|ممنون
        שלום|תודה|नमस्ते|धन्यवाद|कैसे हो|नमस्कार|হ্যালো|ধন্যবাদ|สวัสดี|ขอบคุณ|xin chào|cảm ơn|halo|hai |apa kabar
        terima kasih|jambo|asante|你好|您好|早上好|晚上好|谢谢|我今天|我心情|我好|无聊|聊聊|晚安|こんにちは|こんばんは
        おはよう|ありがとう|元気|疲れた|暇|안녕|고마워|감사합니다|기분|심심|잘 지내""",
}
