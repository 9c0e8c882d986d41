"""The neutral vocabulary: a request, what can be seen in it, a reply, and what it used."""
