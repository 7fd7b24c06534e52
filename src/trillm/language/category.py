"""What kind of question it is: one of six, few and coarse, so that what is learnt of one has enough to go on.

Told by the words of the request in seven languages, Chinese and Japanese: first what is wanted (a result, code, a
text), then what is asked about. Some fifteen microseconds.
"""

from __future__ import annotations

from typing import Final

from trillm.language.linear import AllAtOnce, linear

CATEGORIES: Final = ("mathematics", "code", "facts", "writing", "advice", "other")

_PLAIN: Final = str.maketrans(
    "áàâãäåéèêëíìîïóòôõöúùûüñçÁÀÂÃÄÅÉÈÊËÍÌÎÏÓÒÔÕÖÚÙÛÜÑÇ", "aaaaaaeeeeiiiiooooouuuuncAAAAAAEEEEIIIIOOOOOUUUUNC"
)
"""For RE2 a word ends at the first letter that is not ASCII."""

_HEAD: Final = 1_500
_TAIL: Final = 500
_OPENING: Final = 160

_TEXT = (
    r"(?:essay|narrative|chapter|novel|plot|e-?mails?|letters?|poems?|poetry|haiku|limerick|sonnet|stor(?:y|ies)"
    r"|blog|articles?|paragraphs?|speech|toast|lyrics|songs?|jokes?|riddles?|slogans?|tagline|headlines?|captions?|tweets?|scenes?|monologue"
    r"|dialogue|scripts? for (?:a|an|the) (?:play|film|movie|video|scene)|screenplay|fairy ?tales?|cover letter|resume"
    r"|review|descriptions?|summar(?:y|ies)|abstract|obituary|invitation|vows|press release|memo|bio(?:graphy)?|caption"
    r"|aufsatz|gedichte?|geschichten?|brief|rede|märchen|witz|anschreiben|zusammenfassung|absatz|lied"
    r"|ensayo|carta|correo|cuento|poema|discurso|chiste|resumen|párrafo|canción|historia"
    r"|rédaction|lettre|courriel|poème|conte|histoire|discours|blague|résumé|paragraphe|chanson"
    r"|saggio|lettera|poesia|racconto|discorso|barzelletta|riassunto|paragrafo|canzone|storia|favola"
    r"|redação|e-mail|poesia|conto|piada|resumo|parágrafo|música|verhaal|gedicht|toespraak|samenvatting|grap)"
)
_MAKE = (
    r"(?:write|draft|compose|create|craft|generate|give me|tell me|come up with|make(?: me)?|help me write|produce"
    r"|schreib(?:e|en)?|verfass\w*|formulier\w*|dicht\w*|erzähl\w*|escrib[ea]\w*|redact\w*|cuént\w*|inventa"
    r"|écri\w*|rédig\w*|raconte\w*|compos\w*|scriv\w*|raccont\w*|escrev\w*|redij\w*|cont[ea](?:-me)?|schrijf\w*|vertel)"
)
_WRITING = (
    rf"(?i)\b{_MAKE}\b[^\n.?!]*\b{_TEXT}\b"
    r"|\b(?:re-?write|re-?phrase|paraphrase|proof-?read|summari[sz]e|translate|edit (?:the|this|my)|shorten (?:the"
    r"|this)"
    r"|correct (?:the|my) (?:grammar|spelling)|improve (?:the|this|my) (?:text|writing|sentence|wording|paragraph)"
    r"|(?:fix|check) (?:the|my) (?:grammar|spelling)|continue (?:the|this) (?:story|text)|make (?:this|it) (?:sound"
    r"|more formal)"
    r"|umschreib\w*|umformulier\w*|zusammenfass\w*|fasse?\b[^\n]*\bzusammen|übersetz\w*|korrigier\w*|kürz\w*"
    r"|reescrib\w*|resum[ei]\w*|traduz\w*|traduc\w*|tradui\w*|parafrase\w*|corrig\w*|réécri\w*|reformul\w*|résume\w*"
    r"|riscriv\w*|riassum\w*|reescrev\w*|herschrijf\w*|vertaal\w*|vat\b[^\n]*\bsamen)\b"
    r"|\b(?:role-?play|pretend (?:to be|you)|imagine you(?:'re| are)|word story|first person|third person)\b"
    r"|\b(?:gedicht|haiku|limerick|sonnet|poema|poème|poesia) (?:über|sobre|sur|su|over|about)\b"
    r"|写一|写首|写篇|写封|改写|润色|翻译|总结|概括|续写|作文|诗|故事|書いて|要約|翻訳|書き直|物語|俳句"
)
_CODE = (
    r"(?i)```|\bdef \w+\(|\bprint\(|\bconsole\.log|#include\b|\bpublic (?:static|class)\b|</\w+>"
    r"|\bselect\b[^\n]*\bfrom\b"
    r"|\bimport \w+\s*(?:\n|as\b)|\b(?:nullpointer|type|value|key|index|syntax|attribute|runtime|import"
    r"|segmentation)(?:error| ?exception|"
    r" fault)\b|=> ?\{|\bstack ?trace\b|\btraceback\b|\[python\]"
    r"|\b(?:python|javascript|typescript|java|rust|golang|kotlin|swiftui|php|perl|haskell|scala|matlab|sql|mysql"
    r"|postgres\w*"
    r"|sqlite|mongodb|html|css|bash|powershell|regex(?:es)?|regular expression|regulären? ausdruck|expresión regular"
    r"|expression régulière|espressione regolare|json|yaml|xml|numpy|pandas|pytorch|tensorflow|react|vue|angular|django"
    r"|flask|fastapi|node\.?js|npm|docker\w*|kubernetes|git|github|linux|ubuntu|terraform|api|apis|endpoint|excel|vba"
    r"|latex|arduino|unity|compiler|algorithm|leetcode|unit tests?|refactor\w*|debug\w*|source code|code|coding"
    r"|codebase"
    r"|programm(?:ing|ieren|ierung)|programmier\w*|quellcode|programación|código|codigo|codice|programmation"
    r"|programmazione|programação"
    r"|shell script|backend|frontend|middleware|dataframe|linked list|binary (?:tree|search)|hash ?(?:map|table)"
    r"|data structure"
    r"|recursi(?:on|ve)|async(?:hronous)?|thread-?safe|mutex|pointers?|webpage|website|web page|server|localhost)\b"
    r"|\bC\+\+|\bC#|代码|编程|函数|算法|脚本|程序|コード|関数|プログラ|アルゴリズム|スクリプト"
)
_PLAIN_CODE_WORD = (
    r"(?i)\b(?:dress|area|zip|postal|building|penal|civil|morse|genetic|bar|tax|da vinci|moral) codes?\b|\bcode of\b"
    r"|\b(?:my|the) (?:waiter|server at)\b"
)
_WANTS_CODE = (
    rf"(?i)\b(?:{_MAKE[3:-1]}|implement|build|fix|refactor|optimi[sz]e|debug|implementier\w*|implement[ae]\w*"
    rf"|programmier\w*)\b[^\n.?!]*"
    r"\b(?:functions?|programs?|scripts?|quer(?:y|ies)|regex|class|app|code|unit tests?|methods?|algorithm|component"
    r"|api"
    r"|funktion|programm|skript|abfrage|klasse|función|programa|consulta|fonction|programme|requête|funzione"
    r"|programma|função|functie)\b"
    r"|写[^\n]*(?:函数|代码|程序|脚本)|(?:コード|関数|プログラム|スクリプト)を"
)
_NOTATION = (
    r"(?i)\d ?% (?:of|von|de|del|di)\b|\\[a-z]{2}|\\[(\[]|\$[^$\s]+\$"
    r"|\d\s*[-+*/\x{D7}÷^=]\s*\(?\d|[a-z]\^\d|\dx\b"
    r"|\bx\s*[-+=<>]\s*\d|\d(?:²|³)|√"
)
_MATHEMATICS = (
    r"(?i)\b(?:calculate|compute|evaluate|solve|simplify|factori[sz]e|differentiate|integrate|derivative|integral"
    r"|equations?"
    r"|polynomial|logarithm|probability|triangles?|hypotenuse|perimeter|circumference|radius|diameter|volume of|area of"
    r"|square root|primes?|fractions?|percent(?:age)?|theorem|matrix|determinant|eigen\w+|modulo|remainder|divisible"
    r"|digits?"
    r"|least common|greatest common|arithmetic|sequence|standard deviation|permutations?|combinatori\w+|integers?"
    r"|factors of|sum of"
    r"|average|(?:bigger|larger|smaller|greater|smallest|largest|greatest)|numbers?|how (?:many|much|far|long|old"
    r"|tall|fast)|total|what is \d+"
    r"|profit|distance|combined|altogether"
    r"|berechne\w*|löse|gleichung\w*|ableitung|wahrscheinlichkeit|dreiecks?|wurzel|bruch|primzahl\w*|umfang"
    r"|fläche\w*|summe|wie ?viele?|prozent|zahl(?:en)?"
    r"|calcula\w*|resuelv\w*|ecuaci[oó]n(?:es)?|derivada|probabilidad|triángulo|raíz|cuánt[oa]s?|área|suma"
    r"|porcentaje|números?"
    r"|calcul\w*|résou\w*|équations?|dérivée|probabilité|racine|combien|aire|somme|pourcentage|nombres?"
    r"|calcol\w*|risolv\w*|equazion[ei]|derivata|probabilità|triangolo|radice|quant[oie]|somma|numer[oi]"
    r"|resolv\w*|equaç\w+|probabilidade|triângulo|raiz|quant[oa]s?|soma|bereken\w*|vergelijking|kans|driehoek|wortel"
    r"|hoeveel|som)\b"
    r"|计算|求|解方程|方程|概率|多少|平方根|三角形|几个|積分|方程式|確率|計算|いくつ|何個|微分|いくら|何人|面積"
)
_PROOF = (
    r"(?i)\b(?:prove that|proof (?:that|of)|show that (?:for|the|every|if)|beweise\w*|demuestra que|démontre\w*"
    r"|dimostra\w*|prove que)\b|证明|証明せよ"
)
_TWO_NUMBERS = (
    r"(?is)(?:\d|\b(?:half|third|twice|thrice|doubles?|two|three|four|five|six|seven|eight|nine|ten|once|dozen"
    r"|quarters?|zwei|drei|vier|dos|tres|deux|trois|due|tre|dois|três|twee|drie)\b)"
    r".*?\D(?:\d|\b(?:half|third|twice|thrice|doubles?|two|three|four|five|six|seven|eight|nine|ten|once|dozen"
    r"|quarters?|years?|zwei|drei|vier|dos|tres|deux|trois|due|tre|dois|três|twee|drie)\b)"
)
_ADVICE = (
    r"(?i)\b(?:should (?:i|we|my)|what (?:can|could|do|would|should) (?:i|we|you) (?:do|say|recommend|suggest|wear"
    r"|give|buy|get|cook|eat|try)"
    r"|how (?:can|do|could|should|might|would) (?:i|we|one|you)\b|how to\b|(?:any|some|give me|share"
    r"|few) (?:\w+ )?(?:tips|advice|ideas|suggestions|recommendations)"
    r"|tips (?:for|on|to)|advice|recommend(?:ations?)?|suggest(?:ions?)?|best (?:way|time|place|practices|strategy)"
    r"|ways to|steps to"
    r"|is it (?:worth|ok|okay|a good idea|safe|better)|help me (?:decide|choose|plan|with|find|prepare|figure)"
    r"|pros and cons|plan (?:a|my|for)|itinerary"
    r"|recipe|workout|meal plan|ideas for|gift|my (?:boss|wife|husband|girlfriend|boyfriend|friend|son|daughter|cat"
    r"|dog|boyfriend|mother|landlord|back|job|career)"
    r"|soll(?:te)? ich|sollen wir|wie kann (?:ich|man)|wie (?:bereite|lerne|werde|mache|gehe|finde|spare"
    r"|überwinde) ich|was (?:kann|soll|mache) ich|tipps|ratschl\w+|empfiehl\w*|empfehl\w*|rezept|lohnt (?:es )?sich"
    r"|debería\w*|debo|cómo puedo|cómo (?:hago|aprendo|mejoro|preparo)|qué (?:puedo|hago|debo|me recomiendas)"
    r"|consejos?|recomi\w+|receta|conviene"
    r"|devrais|dois-je|comment (?:puis|faire|je|apprendre|bien|mieux|éviter|préparer|choisir|réussir)|que (?:puis"
    r"|dois|faire)|conseils?|recommand\w+|recette|vaut-il"
    r"|dovrei|devo|come (?:posso|faccio|si fa)|cosa (?:posso|devo|mi consigli)|consigli\w*|raccomand\w*|ricetta"
    r"|conviene"
    r"|devo|deveria|como (?:posso|faço|eu|fazer)|o que (?:posso|devo|você recomenda)|dicas|conselhos?|receita"
    r"|vale a pena"
    r"|moet ik|zal ik|hoe kan ik|hoe moet ik|wat kan ik|advies|aanraden|recept)\b"
    r"|我(?:应该|该|想|要)|怎么(?:办|做|样)|如何|建议|推荐|べきです?か|すべき|方法|アドバイス|おすすめ|コツ|どうすれば|どうしたら"
)
_FACTS = (
    r"(?i)\b(?:what|who|whose|whom|when|where|which|why|explain|define|definition|difference between|describe|name"
    r"|list|tell me about|meaning"
    r"|how (?:does|do|did|is|are|was|were|has|come|many|much|far|long|old|tall|big|high|deep)|compare|discuss"
    r"|true or false|history of|capital of"
    r"|was (?:ist|sind|war|waren|bedeutet|heisst|heißt|macht|passiert)|wer|wann|wo|woher|welche[rsmn]?|warum|weshalb"
    r"|wieso|wie|erkläre?\w*|nenne|beschreib\w*|unterschied"
    r"|qué|quién\w*|cuándo|dónde|cuál\w*|por qué|cómo|explica\w*|define|nombra|describ\w*|diferencia"
    r"|qui|quoi|quand|où|quel\w*|pourquoi|comment|expliqu\w*|définis\w*|décri\w*|cite|différence|qu'est-ce|est-ce"
    r"|chi|cosa|quando|dove|quale|quali|perché|come|spiega\w*|descrivi|elenca|differenza"
    r"|quem|onde|qual|quais|por que|porque|como|explique|descreva|diferença"
    r"|wie|wat|wanneer|waar|waarom|welke?|leg uit|verschil)\b"
    r"|^(?:is|are|was|were|does|did|do|can|has|have|ist|sind|hat|es|est|è|é)\b[^\n]*\?"
    r"|什么|谁|哪|为什么|何时|解释|介绍|区别|吗|何ですか|誰|いつ|どこ|なぜ|とは|説明|違い|ですか|なに"
)
_OPENING_SIGNS: Final = AllAtOnce({"code": _WANTS_CODE.translate(_PLAIN), "writing": _WRITING.translate(_PLAIN)})
_SIGNS: Final = AllAtOnce(
    {
        name: pattern.translate(_PLAIN)
        for name, pattern in {
            "notation": _NOTATION,
            "code": _CODE,
            "plain code word": _PLAIN_CODE_WORD,
            "mathematics": _MATHEMATICS,
            "proof": _PROOF,
            "advice": _ADVICE,
            "facts": _FACTS,
        }.items()
    }
)
# Beside the others these two would have far too many ways through a text.
_HAS_TWO_NUMBERS: Final = linear(_TWO_NUMBERS)
_ASKS_TO_WRITE: Final = linear(_WRITING.translate(_PLAIN))


def category_of(text: str) -> str:
    """Return which of CATEGORIES the question is of; of a long one, its start and its end count."""
    asked = text if len(text) <= _HEAD + _TAIL else f"{text[:_HEAD]}\n{text[-_TAIL:]}"
    if not asked.isascii():
        asked = asked.encode("utf-8", "replace").decode().translate(_PLAIN)
    wanted = _OPENING_SIGNS.found(asked[:_OPENING])
    if "code" in wanted:
        return "code"
    signs = _SIGNS.found(asked)
    if "writing" in wanted and "notation" not in signs:
        return "writing"
    if "code" in signs and "plain code word" not in signs:
        return "code"
    counted = "mathematics" in signs and ("notation" in signs or _HAS_TWO_NUMBERS.search(asked) is not None)
    if counted or "proof" in signs:
        return "mathematics"
    if _ASKS_TO_WRITE.search(asked) is not None:
        return "writing"
    return next((name for name in ("advice", "facts") if name in signs), "other")
