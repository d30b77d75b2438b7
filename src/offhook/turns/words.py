"""Words that tell whether a sentence goes on: English, and Hindi in Latin and Devanagari letters."""

from __future__ import annotations


def _words(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


def _pairs(*pairs: str) -> frozenset[tuple[str, str]]:
    return frozenset((first, last) for first, last in (pair.split() for pair in pairs))


OPEN_ENDS = _words(
    "to at for and the my a an or but of on with from by into about around between until till than as",
    "i i'd i'm i'll i've you're we're it's that's there's he's she's they're is are was were am",
    "would could should can will want need wanna gonna like have has had get make let let's",
    "because so if when think then whether which who what where how why while since",
    "our your his her their this next last every each some any",
    "going looking trying calling thinking wondering",
    "um uh er erm ah hmm mm well actually maybe perhaps also plus just",
    "double triple half quarter past hundred thousand",
    "aur ya matlab yaani yani ki ke ka ko se lekin magar par agar toh kyunki kyonki jaise mera meri mere mujhe woh wo",
    "और या मतलब यानी कि के का को से लेकिन मगर पर अगर तो क्योंकि जैसे मेरा मेरी मेरे मुझे वो वह",
)
"""Words that want something after them; a sentence that stops at one is not over."""

CLOSED_PAIRS = _pairs(
    "as well", "very well", "that is", "it is", "i am", "i have", "i can", "i will", "i would", "i could", "i was",
    "you are", "you can", "they are", "to you", "go on", "hold on", "come on", "sounds like", "say what", "you like",
    "think so", "hope so", "like this", "like that", "with this", "it was", "you have", "you need",
)  # fmt: skip
"""Last two words that end a sentence although the last alone would not."""

ANSWERS = _words(
    "yes yeah yep yup yea ya aye sure okay ok okey alright absolutely definitely certainly correct right exactly",
    "no nope nah never not",
    "haan han haanji ji hanji bilkul sahi theek thik thikhai theekhai achha accha acha nahi nahin nai na mat zaroor",
    "हाँ हां जी बिल्कुल सही ठीक अच्छा नहीं ना मत ज़रूर जरूर",
)
"""A yes/no question is answered by any of these."""

AROUND_ANSWERS = _words(
    "please thanks thank you that's that is it it's fine good great perfect works for me do go ahead book confirm",
    "of course sounds i am did don't want to would like thing problem way the a an sir madam ma'am",
    "hai hain karo kar do kijiye dijiye bhai है हैं करो कर दो कीजिए दीजिए",
)
"""What may stand around an answer without making it more than one."""

MONTHS = _words(
    "january february april june july august september october november december",
    "jan feb apr jun jul aug sept sep oct nov dec",
)
"""Months that are nothing else (may and march are verbs, too)."""

TENS = _words("twenty thirty forty fourty fifty sixty seventy eighty ninety")
BEFORE_TENS = _words(
    "o oh one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen",
    "eighteen nineteen hundred thousand and",
)
"""A tens word after one of these is complete: "ten thirty", "two hundred and fifty"."""

AFTER_NUMBER = _words("half quarter hundred thousand")
"""Complete after a number or a joining word, open elsewhere: "five hundred", "ten and a half"."""
