import pytest

from trillm.language.request import read_request
from trillm.language.stance import Objection, doubts, objection


@pytest.mark.parametrize(
    "text",
    [
        "I don't see a direct connection between the two: they are unrelated.",
        "The colour of the roof **would not affect** the taste of the soup.",
        "\u201cCore synergy tensor\u201d isn\u2019t a standard term that I know of.",
        "I think there may be some confusion here. Could you clarify what you mean?",
        "That rests on a false premise: the treaty was never signed.",
        "I'm not familiar with a method of that name.",
        "A new carpet **should not have any** direct effect on latency.",
        "The relation of carpets to latency is not a direct one.",
        "A carpet will have minimal, if any, direct impact on latency.",
        "Latency may not be the most appropriate metric of a carpet.",
        "The warmth and charm of a database are not objective, measurable concepts.",
        "I do not actually have a formula to turn carpets into latency.",
        "To answer it, we must first correct the underlying premise.",
        "Bats see well. That they are blind is a popular myth.",
        "The question rests on a category mistake.",
        "Es gibt keinen direkten Zusammenhang zwischen dem Teppich und der Datenbank.",
        "Die Frage beruht auf einer falschen Annahme: Der Vertrag wurde nie unterschrieben.",
        "No existe ninguna relación entre la alfombra y la base de datos.",
        "La pregunta parte de una premisa falsa: el tratado nunca se firmó.",
        "Il n'y a aucun lien entre la moquette et la base de données.",
        "Cette question repose sur une hypothèse erronée.",
        "Non c'è alcun legame tra la moquette e il database.",
        "La domanda parte da una premessa errata.",
        "Não há nenhuma relação entre o carpete e o banco de dados.",
        "A pergunta parte de uma premissa falsa.",
        "地毯和数据库之间没有直接关系。",
        "这个问题的前提是错误的，该条约从未签署。",
        "カーペットとデータベースの間に直接の関係はありません。",
        "ご質問の前提に誤りがあります。",
        "لا توجد أي علاقة بين السجاد وقاعدة البيانات.",
        "يقوم هذا السؤال على افتراض خاطئ: لم توقع المعاهدة قط.",
    ],
)
def test_an_answer_that_pushes_back_at_its_start_objects(text: str) -> None:
    assert objection(text) is Objection.PLAIN


@pytest.mark.parametrize(
    "text",
    [
        "The roof affects the soup in three ways. First, it keeps out the rain.",
        "A median is the most appropriate measure of latency, and it is quantifiable: take every request.",
        "The model is applicable to carpets. You should have any number of samples, if any are at hand.",
        "We have a way to measure it, and a formula for the rest.",
        "Just use pip. You shouldn't have any trouble.",
        "Contrary to popular advice, counting sheep won't help. Get up and read.",
        "The Minotaur is a creature of Greek myth.",
        "About two cups. If you don't have a way to weigh it, guess.",
        "The t-test isn't appropriate. Use Mann-Whitney.",
        "Add salt, very little, if any.",
        "What an excellent way to put it. Here is a framework in five steps.",
        "A long and helpful answer. " * 30 + "There is no direct connection.",
        "Der Teppich senkt die Latenz auf drei Arten. Erstens dämpft er den Schall.",
        "La alfombra reduce la latencia de tres maneras.",
        "La moquette réduit la latence de trois façons.",
        "La moquette riduce la latenza in tre modi.",
        "O carpete reduz a latência de três maneiras.",
        "地毯从三个方面降低延迟。首先，它可以隔音。",
        "カーペットは三つの点で遅延を減らします。",
        "يقلل السجاد زمن الاستجابة بثلاث طرق. أولا، يمتص الصوت.",
        "",
        "\ud800",
    ],
)
def test_an_answer_that_goes_along_or_objects_late_does_not(text: str) -> None:
    assert objection(text) is Objection.NONE


def test_an_objection_beside_praise_for_the_question_is_less_of_one() -> None:
    text = "Brilliant question! There is no direct connection at first sight, but here is a model of one."
    assert objection(text) is Objection.PRAISING


def test_doubts_are_counted_and_bounded() -> None:
    assert doubts("6 * 7 = 42. The answer is 42.") == 0
    assert doubts("That is incorrect. Let's try again, there must be a mistake.") >= 2
    assert doubts("Let me re-evaluate. " * 1_000) == 5


@pytest.mark.parametrize(
    "text",
    [
        "17 * 23 = 381. Das ist falsch, ich habe mich verrechnet.",
        "17 * 23 = 381. Me equivoqué, volvamos a calcular.",
        "17 * 23 = 381. Je me suis trompé, reprenons le calcul.",
        "17 * 23 = 381. Mi sono sbagliato, ricalcoliamo.",
        "17 * 23 = 381. Cometi um erro, vamos recalcular.",
        "17 * 23 = 381。等一下，我算错了。",
        "17 * 23 = 381。間違えました。もう一度計算します。",
        "17 * 23 = 381. لقد أخطأت، دعنا نعيد الحساب.",
    ],
)
def test_doubts_are_told_in_other_languages(text: str) -> None:
    assert doubts(text) >= 1


def test_a_phrase_with_a_word_of_the_question_in_it_answers_it() -> None:
    said = "They are completely different: one opens a connection, the other does not."
    assert objection(said)
    assert not objection(said, read_request("What is the difference between TCP and UDP?").stems)
