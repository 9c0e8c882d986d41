"""English."""

from optipath_router.classify.timeliness.words.words import Words, listed

WORDS = Words(
    fresh=listed("""
        weather today, weather tomorrow, weather forecast for, weather like in, stock price of, share price of,
        current price, price right now, exchange rate today, today's exchange rate, today's weather, today's news,
        latest news, latest version, latest release, latest stable, latest on, newest version, most recent version,
        current version, current lts, released yet, out yet, come out yet, breaking news on, breaking news about,
        current president, current prime minister, current ceo, current chancellor, current king, current champion,
        current mayor, current governor, who won last night, won the game last night, won yesterday, score of the,
        still open, on time, what's on tv, open today, open now, open on sunday*, close today, close on, closes on,
        opening hours, what time does the, showtimes, screenings, tickets left, sold out, in stock, any delays,
        delayed today, is it down, happening in the world, trending, this morning's papers, these days cost,
        up to date information, as of today, search the web, look up online, having problems, having issues,
        having an outage, down for everyone, or is it just me, is it only me, do we know yet, is it known yet,
        been announced yet, announced yet, already announced, who's leading, leading the, who is leading,
        top of the table, react to yesterday's, has slots, still get a, near me, next train, next bus, next flight,
        price of a, how did the market*, what happened in, what happened to, any news, any update*, updates on,
        latest episode, season start
    """),
    volatile=listed("""
        weather, forecast, temperature, rain, snow, stock price, share price, stock, price, prices, cost,
        how much is, exchange rate, eur, usd, jpy, gbp, btc, bitcoin, ethereum, gold, oil, diesel, petrol,
        gas prices, mortgage rate*, interest rate*, inflation rate, news, headline*, score, scores, match, game,
        standings, lineup, league, election*, poll*, president, prime minister, ceo, minister, chancellor, version,
        release, released, traffic, delay*, flight, train, trains, line, strike, gate, box office, film, movie*,
        tickets, concert*, earthquake, hurricane, wildfire*, outage, unemployment, closed, population, richest,
        world record, champion*, lts, shares, share, earnings, inflation, cpi, consumer prices, table, coach,
        manager of, injury, injured, transfer*, slots, appointment*, vaccine*, flu jab, charts, chart,
        weather warning, air quality, pollen, uv index, tide*, sunset, sunrise, queue at, wait time, visa rules,
        tax rate, minimum wage, job market, layoffs, merger, ipo, lawsuit, verdict, law passed, ceasefire, war in,
        polls, vote
    """),
    now=listed("""
        today, tonight, right now, at the moment, currently, the current price, as of now, latest, this morning,
        this afternoon, this evening, this week, this weekend, this month, this year, yesterday, last night,
        last weekend, tomorrow, these days, recent, recently, so far, nowadays, next week, today's, tonight's,
        on sundays, last month, last week, this quarter, this season, the other day, as we speak, just now,
        before christmas, this christmas, yet, so far this year, in the last 24 hours, upcoming, ongoing
    """),
    asks=listed("""
        what, what's, who, who's, when, where, which, how much, how many, is there, are there, is, are, has, did,
        does, tell me, find, give me, show me, check, look up, any
    """),
    past=listed("""
        century, ancient, revolution, medieval, war ii, world war, battle of, history of, historical*, in the past,
        empire*, back then
    """),
    settled=listed("""
        how do, how does, how are, how is the, how should, how can, how to, why, explain, causes,
        what is the difference, difference between, what's the difference, compare, in general, suggest, ideas,
        names for, recommend, where should i
    """),
    own=listed("""
        should i cook, should i wear, my code, my function, my boss, i feel, i'm feeling, i'd like to, help me,
        recipe*, dinner, my current job, users see, cook, plan my, motivate*, draft, write an email, write a polite
    """),
    about=listed("""
        mean, means, meaning of, definition of, define, the word, the phrase, the sentence, synonym*, etymology,
        short story, a story, poem, haiku, novel, screenplay, a song, fiction*, act as, pretend, role play,
        roleplay, imagine, implement, class, def, queue, matrix, function returns, my function, variable, rename,
        endpoint, emergency fund, emergency exit, urgent care, grammatical*
    """),
    work=listed("""
        translate, summarise, summarize, rewrite, rephrase, paraphrase, classify, proofread, sentiment, extract,
        the following text, this email, this text, this article, correct the, read the following, following context,
        based on its content, following passage, context, multiple choice, answer the question
    """),
    urgent=listed("""
        asap, a s a p, as soon as possible, urgent, urgently, this is urgent, right away, straight away,
        immediately, in a hurry, in a rush, hurry, no time to, out of time, running out of time, need this now,
        need it now, an emergency, emergency !, time is running, can't wait, cannot wait, deadline is today,
        need help now, help me now, within the hour, minutes left, before my flight, sos, eod, be fast, be quick,
        real quick, really quick, asap pls, pronto, this second, right this minute, no time left, time sensitive,
        time critical, quickly please, fast please, hurry up, make it quick, p0, sev1, on fire, as fast as you can,
        as quickly as you can, as quickly as possible, need an answer now, panicking, any second, any minute now
    """),
    opener=listed("""
        quick, quickly, hurry, urgent, help, asap, fast
    """),
    soon=r" (?:in|within|under|only|about) (?:\w{1,20} ){0,2}(?:min|mins|minutes|minute|half an hour|an hour) ",
    event=listed("""
        presentation, meeting, interview, exam, deadline, due, hand in, hand this in, submit, boss, starts,
        boarding, client is waiting, auditor, customer is waiting, is waiting, waiting for, standing behind me,
        about to, flight's boarding, flight is boarding, flight leaves, takes off, train leaves, plane leaves,
        go live, goes live, going live, interviewer, just asked me, on the phone, on the line, on hold,
        in the lobby, in the elevator, at the door, at noon, my turn, on stage, closes at, court hearing, viva
    """),
    outage=listed("""
        in production, production is, prod is, is down, are down, outage, losing orders, losing money,
        losing customers, throwing 500s, crashed, site is down, database is down, too many clients, customers can't,
        users can't, data loss, disk is full, server is, is stuck, stuck on, won't load, won't open, won't start,
        won't export, rejects my, not loading, doesn't load, is failing, keeps crashing, broke, is broken, frozen,
        locked out, can't log in, doesn't open
    """),
    danger=listed("""
        swallowed, bleeding, unconscious, choking, gas leak, chest pain, overdose, poisoned, not breathing, seizure,
        toddler, help
    """),
    calm=listed("""
        no rush, no hurry, not urgent, isn't urgent, whenever you have time, take your time, at some point,
        when you have time
    """),
)
