"""Where an answer stands: does it doubt its own working, does it object to what the question takes for true?

Both are read from set phrases: the most usual ones in nine languages, of English many more.
"""

from __future__ import annotations

from enum import IntEnum

from trillm.language.linear import linear
from trillm.language.words import stems, words

_READ = 20_000
_OPENING = 450
_MOST_DOUBTS = 5

_DOUBT = linear(
    r"(?i)\b(?:re-?evaluat\w+|re-?consider\w*|re-?check\w*|let'?s (?:try|re-?\w+)|let us try|try again|mistake"
    r"|(?:is|was|seems) (?:incorrect|wrong|not (?:correct|right|possible))|does(?:n't| not) (?:work|match|make sense)"
    r"|contradict\w+|i (?:will |would |have to )?guess|assum(?:e|ing) (?:that )?the answer|approximately"
    r"|there (?:seems to be|must be|might be) an? (?:error|mistake)"
    r"|das (?:ist|war) (?:falsch|nicht richtig)|ich habe mich (?:verrechnet|geirrt)|(?:noch ?mal|erneut) (?:prüfen"
    r"|rechnen)"
    r"|me he equivocado|me equivoqué|(?:volvamos|vuelvo) a (?:calcular|revisar|intentar)|eso (?:es incorrecto"
    r"|no es correcto)"
    r"|je me suis trompée?|reprenons (?:le calcul|depuis)|c'est (?:incorrect|faux)|(?:recommençons"
    r"|vérifions à nouveau)"
    r"|mi sono sbagliat[oa]|(?:ricontrolliamo|riproviamo|ricalcoliamo)|non è corretto"
    r"|eu errei|cometi um erro|(?:vamos|deixe-me) (?:recalcular|refazer|tentar novamente)|isso (?:está errado"
    r"|não está correto))\b"
    r"|等一下|重新(?:计算|考虑|检查|算)|我(?:算错|弄错|搞错)了|再(?:检查|算)一(?:遍|次)|(?:計算し直|考え直|やり直)|間違えました|もう一度(?:計算|確認)"
    r"|(?:لقد )?أخطأت|ارتكبت خطأ|(?:دعنا|دعني) (?:نعيد|أعيد)|لنعد (?:الحساب|المحاولة)|إعادة (?:الحساب|المحاولة|النظر)"
    r"|(?:هذا|الناتج|الحساب) (?:خطأ|خاطئ|غير صحيح|ليس صحيح)",
)
_NOTHING_BETWEEN = (
    r"\b(?:no|not? any|isn't any|aren't any|without any|isn't (?:typically |really |actually )?an?|zero"
    r"|absolutely no|little) "
    r"(?:(?:direct|real|actual|meaningful|logical|causal|known|obvious|clear|inherent|natural|measurable|legitimate"
    r"|discernible|significant|established|relevant),? (?:or )?){0,3}"
    r"(?:connection|relation(?:ship)?|link|correlation|impact|effect|influence|bearing|basis|evidence|such)\b"
    r"|\bunrelated\b|\b(?:has|have|had) nothing to do with\b|\bcompletely (?:separate|independent|different)\b"
    r"|\b(?:should|would|will|does|do|could)(?:n't| not) (?:\w+ ){0,2}(?:affect|impact|influence|change|regulate)\b"
    r"|\bshould(?:n't| not) have any (?:\w+ )?(?:impact|effect|influence|bearing)\b|\bnot a (?:direct|causal) one\b"
    r"|\b(?:minimal|little|no), if any, (?:\w+ )?(?:impact|effect|influence|bearing|connection)\b"
    r"|\bunlikely to (?:\w+ )?(?:affect|impact|influence|have)\b|\bisn't relevant\b"
)
_NO_SUCH_THING = (
    r"\b(?:do|does|did)(?:n't| not) (?:actually |really |seem to |appear to )?(?:exist|make sense|apply"
    r"|see (?:a|any|how)|correspond|appear to be|recogni[sz]e)\b"
    r"|\b(?:is|are|was|were)(?:n't| not) (?:actually |really |typically |familiar|aware)?(?:an? )?"
    r"(?:standard|recogni[sz]ed|established|real|actual|common|meaningful|valid|with|of any|something that|how)\b"
    r"|\bnot (?:be )?(?:an? |the most )?(?:appropriate|applicable|meaningful|measurable|objective),? (?:\w+ ){0,2}"
    r"(?:concept|metric|quantity|notion)s?\b"
    r"|\b(?:i|we) do(?:n't| not) (?:actually |really )?have (?:an?|any) (?:\w+ )?(?:way|formula|method) (?:to|for)\b"
    r"|\b(?:i'm|i am) not (?:familiar|aware|entirely sure|sure (?:what|how|i understand))\b"
    r"|\bno such\b|\b(?:nonsensical|nonsense|buzzwords?|word salad|pseudo\w*|gibberish)\b"
    r"|\bcan(?:'t|not| not) (?:\w+ )?(?:be (?:measured|calculated|quantified)|calculate|quantify)\b"
)
_CORRECTION = (
    r"\b(?:(?:false|mistaken|incorrect|flawed|faulty) (?:premise|assumption)|misconception|misunderstanding|confusion"
    r"|mixing|conflat\w+|category (?:error|mistake)|spurious|satirical|absurd|you're joking|humorous"
    r"|(?:i )?(?:need|should|must|want|have) to (?:point out|clarify|correct|note that)"
    r"|i should (?:clarify|point out|note)|could you (?:please )?(?:clarify|rephrase)"
    r"|instead of (?:seeking|trying|looking)"
    r"|correct the (?:\w+ )?(?:premise|assumption)s?"
    r"|(?:is|are|'s) (?:actually |just )?(?:an? )?(?:common |popular |widespread |persistent |old )?myths?)\b"
)
_OTHER_TONGUES = (
    r"\b(?:es gibt (?:\w+ ){0,2}keine[n]? (?:\w+ ){0,2}(?:zusammenhang|verbindung|beleg\w*|hinweis\w*|beziehung)"
    r"|(?:hat|haben) nichts (?:mit\w* |damit )[^.?!\n]{0,40}zu tun|(?:beruht|basiert) auf (?:einem irrtum"
    r"|einer falschen|einem missverständnis)"
    r"|(?:falsche|irrige) (?:annahme|voraussetzung)|missverständnis|(?:existiert|gibt es) (?:so "
    r"|in dieser form )?nicht|ist (?:mir )?nicht bekannt"
    r"|no (?:existe|hay|tiene) (?:ninguna? |\w+ )?(?:relación|conexión|evidencia|vínculo|base)"
    r"|no tiene nada que ver|(?:premisa|suposición) (?:falsa|errónea"
    r"|incorrecta|equivocada)|malentendido|no (?:existe|existen)\b|no (?:conozco|me consta|estoy familiarizad[oa])"
    r"|(?:il n'(?:y a|existe)|n'a) (?:pas d[e'] ?|aucun(?:e)? )(?:\w+ ){0,1}(?:lien|relation|rapport|preuve|base)"
    r"|n'a rien à voir|(?:prémisse|hypothèse"
    r"|supposition) (?:fausse|erronée|incorrecte)|malentendu|n'existe pas|je ne (?:connais|trouve) (?:pas|aucun\w*)"
    r"|idée reçue"
    r"|non (?:c'è|esiste|esistono|ha) (?:alcun\w* |nessun\w* )?(?:\w+ )?(?:relazione|legame|connessione|nesso|prova"
    r"|base)|non ha (?:nulla|niente) a che"
    r"|(?:premessa|supposizione|ipotesi) (?:falsa|errata|sbagliata)|malinteso|fraintendimento|non esist(?:e|ono)\b"
    r"|non (?:conosco|mi risulta)"
    r"|não (?:há|existe|tem) (?:nenhuma? |qualquer |\w+ )?(?:relação|conexão|ligação|evidência|base|vínculo)"
    r"|não tem nada a ver"
    r"|(?:premissa|suposição) (?:falsa|errada|incorreta|equivocada)|mal-?entendido|equívoco|não existem?\b"
    r"|não (?:conheço|estou familiarizad[oa]))\b"
    r"|(?:没有|沒有|不存在|并无|並無)[^。\n]{0,8}(?:关系|關係|联系|聯繫|关联|證據|证据|依据)|前提(?:是|有|并|就)?[^。\n]{0,4}(?:错误|錯誤|误|问题|不成立)|误解|誤解"
    r"|并不存在|並不存在"
    r"|(?:毫无|无)(?:关系|关联)|(?:関係|関連|つながり|根拠|証拠)(?:は|が)?(?:全く|特に)?(?:ありません|ない|存在しません|見当たりません)"
    r"|前提(?:が|に)[^。\n]{0,8}(?:誤|間違|正しくあり)|(?:存在しません|存在しない|聞いたことがありません)"
    r"|(?:لا|ليس هناك|لا يوجد|لا توجد|ليست هناك) (?:أية? )?(?:علاقة|صلة|رابط|ارتباط|دليل|أساس|تأثير)"
    r"|(?:افتراض|فرضية|مقدمة|فكرة) (?:خاطئ|غير صحيح|مغلوط)|سوء (?:فهم|تفاهم)|غير موجود|لا وجود ل"
    r"|لست (?:على دراية|متأكد)|(?:لا أعرف|لم أسمع) (?:شيئ|أي|ب|عن)"
)
_OBJECTION = linear(rf"(?i){_NOTHING_BETWEEN}|{_NO_SUCH_THING}|{_CORRECTION}|{_OTHER_TONGUES}")
_FLATTERY = linear(
    r"(?i)^\W*(?:(?:ah|oh|wow)\W+)?(?:(?:that|this)(?:'s| is) )?(?:an? )?(?:\w+ly )?(?:and \w+ )?"
    r"(?:brilliant|excellent|fantastic|fascinating|outstanding|insightful|exceptional\w*|great|sophisticated|astute"
    r"|wonderful|superb|amazing|sharp|perceptive)\b"
)


class Objection(IntEnum):
    """The more, the likelier the answer does not go along with the question."""

    NONE = 0
    PRAISING = 1
    """It praises the question as well: what sounds like an objection may lead up to an answer."""
    PLAIN = 2


def doubts(text: str) -> int:
    """Return how often the text takes back, doubts or guesses its own working, five at most."""
    found = 0
    for _ in _DOUBT.finditer(_plain(text[-_READ:])):
        found += 1
        if found == _MOST_DOUBTS:
            break
    return found


def objection(text: str, asked: frozenset[str] = frozenset()) -> Objection:
    """Return how the answer pushes back at its start on what the question takes for true.

    A phrase with a word of the question in it (`asked` are its stems) answers it: who is asked for a difference may say
    "completely different".
    """
    opening = _plain(text[:_OPENING])
    found = (match.group(0) for match in _OBJECTION.finditer(opening))
    if not any(asked.isdisjoint(stems(words(said))) for said in found):
        return Objection.NONE
    return Objection.PLAIN if _FLATTERY.search(opening) is None else Objection.PRAISING


def _plain(text: str) -> str:
    return text.replace("\u2019", "'").replace("*", "").encode("utf-8", "replace").decode()
