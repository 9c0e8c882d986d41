"""English."""

from optipath_router.classify.timeliness.words.words import Words

WORDS = Words(
    fresh=(
        "weather today", "weather tomorrow", "weather forecast for", "weather like in", "stock price of", "share price of", "current price", "price right now", "exchange rate today", "today's exchange rate", "today's weather", "today's news",
        "latest news", "latest version", "latest release", "latest stable", "latest on", "newest version", "most recent version", "current version", "current lts", "released yet", "out yet", "come out yet", "breaking news on", "breaking news about",
        "current president", "current prime minister", "current ceo", "current chancellor", "current king", "current champion", "current mayor", "current governor", "who won last night", "won the game last night", "won yesterday", "score of the", "still open", "on time", "what's on tv",
        "open today", "open now", "open on sunday*", "close today", "close on", "closes on", "opening hours", "what time does the", "showtimes", "screenings", "tickets left", "sold out", "in stock", "any delays", "delayed today", "is it down", "happening in the world", "trending", "this morning's papers", "these days cost", "up to date information", "as of today", "search the web", "look up online",
    ),
    volatile=(
        "weather", "forecast", "temperature", "rain", "snow", "stock price", "share price", "stock", "price", "prices", "cost", "how much is", "exchange rate", "eur", "usd", "jpy", "gbp", "btc", "bitcoin", "ethereum", "gold", "oil", "diesel", "petrol", "gas prices", "mortgage rate*", "interest rate*", "inflation rate",
        "news", "headline*", "score", "scores", "match", "game", "standings", "lineup", "league", "election*", "poll*", "president", "prime minister", "ceo", "minister", "chancellor", "version", "release", "released", "traffic", "delay*", "flight", "train", "trains", "line", "strike", "gate", "box office", "film", "movie*", "tickets", "concert*", "earthquake", "hurricane", "wildfire*", "outage", "unemployment", "population", "richest", "world record", "champion*", "lts",
    ),
    now=(
        "today", "tonight", "now", "right now", "at the moment", "currently", "current", "latest", "this morning", "this afternoon", "this evening", "this week", "this weekend", "this month", "this year", "yesterday", "last night", "last weekend", "tomorrow", "these days", "recent", "recently", "so far", "nowadays", "next week", "today's", "tonight's", "on sundays", "still",
    ),
    asks=("what", "what's", "who", "who's", "when", "where", "which", "how much", "how many", "is there", "are there", "is", "are", "has", "did", "does", "tell me", "find", "give me", "show me", "check", "look up", "any"),
    past=("century", "ancient", "revolution", "medieval", "war ii", "world war", "battle of", "history of", "historical*", "in the past", "empire*", "back then"),
    settled=("how do", "how does", "how are", "how is the", "how should", "how can", "how to", "why", "explain", "causes", "what is the difference", "difference between", "what's the difference", "compare", "in general", "suggest", "ideas", "names for", "recommend", "where should i"),
    own=("should i cook", "should i wear", "my code", "my function", "my boss", "i feel", "i'm feeling", "i'd like to", "help me", "recipe*", "dinner", "my current job", "users see", "cook", "plan my", "motivate*", "draft", "write an email", "write a polite"),
    about=("mean", "means", "meaning of", "definition of", "define", "the word", "the phrase", "the sentence", "synonym*", "etymology", "short story", "a story", "poem", "haiku", "novel", "screenplay", "song", "fiction*", "act as", "pretend", "role play", "roleplay", "imagine", "implement", "class", "def", "queue", "matrix", "function returns", "my function", "variable", "rename", "endpoint", "emergency fund", "emergency exit", "urgent care", "grammatical*"),
    work=("translate", "summarise", "summarize", "rewrite", "rephrase", "paraphrase", "classify", "proofread", "sentiment", "extract", "the following text", "this email", "this text", "this article", "correct the"),
    urgent=(
        "asap", "a s a p", "as soon as possible", "urgent", "urgently", "this is urgent", "right away", "straight away", "immediately", "in a hurry", "in a rush", "hurry", "no time to", "out of time", "running out of time", "need this now", "need it now", "emergency", "time is running", "can't wait", "cannot wait", "deadline is today", "need help now", "help me now", "within the hour", "minutes left", "before my flight", "sos", "eod",
    ),
    opener=("quick", "quickly", "hurry", "urgent", "help", "asap", "fast"),
    soon=r" (?:in|within|under|only|about) (?:\w+ ){0,2}(?:min|mins|minutes|minute|half an hour|an hour) ",
    event=("presentation", "meeting", "interview", "exam", "deadline", "due", "hand in", "hand this in", "submit", "boss", "starts", "boarding", "client is waiting", "auditor", "customer is waiting", "is waiting", "waiting for", "standing behind me", "about to"),
    outage=("in production", "production is", "prod is", "is down", "are down", "outage", "losing orders", "losing money", "losing customers", "throwing 500s", "crashed", "site is down", "database is down", "too many clients", "customers can't", "users can't", "data loss", "disk is full", "server is"),
    danger=("swallowed", "bleeding", "unconscious", "choking", "gas leak", "chest pain", "overdose", "poisoned", "not breathing", "seizure", "toddler", "help"),
    calm=("no rush", "no hurry", "not urgent", "isn't urgent", "whenever you have time", "take your time", "at some point", "when you have time"),
)  # fmt: skip
