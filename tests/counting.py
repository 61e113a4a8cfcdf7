"""How text is counted, by the server and by the browser: one list of cases for both."""

WORDS = [
    ("", 0),
    ("   \n\t ", 0),
    ("one", 1),
    (" two  words \n", 2),
    ("well-known", 1),
    ("one\u00a0two\u2003three\u3000four", 4),
    ("zero\u200bwidth", 1),
    ("a\x1cb\x85c", 3),
    ("\ufeffmark", 1),
    ("弓道 を 教える", 3),
    ("\U0001f3f9 \U0001f1ef\U0001f1f5", 2),
    ("- – — .", 4),
]

CHARACTERS = [
    ("", 0),
    ("abc", 3),
    (" edges do not count \n", 18),
    ("line\nline", 9),
    ("é", 1),
    ("e\u0301", 2),
    ("\U0001f3f9", 1),
    ("\U0001f469\u200d\U0001f3eb", 3),
    ("\U0001f1ef\U0001f1f5", 2),
    ("弓道", 2),
    ("\ufeff", 1),
]
