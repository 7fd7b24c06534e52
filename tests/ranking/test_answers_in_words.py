"""Panels whose answers are words: options, names, dates, structures. Two short ones are right, a longer one is not."""

import pytest

from trillm.ranking.learned.learned import Learned
from trillm.ranking.learned.weights import Weights
from trillm.ranking.ranker import Candidate
from trillm.vocabulary.question import Question
from trillm.vocabulary.ranking import Ranking
from trillm.vocabulary.response import ResponseStatus

MUSING = (
    " There are several facts that bear on it, and not all of them point the same way. Some people would answer at"
    " once, yet a moment of thought helps. Weighing it all up gives a clear picture in the end."
)
NEW_ZEALAND = "What is the capital of New Zealand?"
TURKEY = "What is the capital of Turkey?"
OTTAWA = "What is the capital of Canada?"
ASTANA = "What is the capital of Kazakhstan?"
CUP = "Who won the 2018 World Cup?"
POTTER = "Who wrote Harry Potter?"
MINISTER = "Who is the prime minister of Japan?"
VENUS = "What is the temperature on Venus?"
PIANO = "How many keys does a piano have?"
COACH = "Who is the coach of Liverpool?"
NIGER = "What is the capital of Nigeria?"
SECOND = "Who was the second man on the Moon?"
SKY = "What is the color of the sky?"
NIGERIA = "What is the population of Nigeria?"
SHORTEST = "Alice is taller than Bob, and Bob is taller than Carol. Who is the shortest?"
ORGAN = "Which of these is the largest organ of the human body?\nA) Liver\nB) Heart\nC) Skin\nD) Lung"


async def rank(question: str, *texts: str, reference: str | None = None) -> Ranking:
    told = [Candidate(str(n), "p", f"m{n}", ResponseStatus.COMPLETE, text, 100.0 + n) for n, text in enumerate(texts)]
    return await Learned().rank(Question(question, reference=reference), told)


@pytest.mark.parametrize(
    ("question", "longest", "second", "third", "on"),
    [
        (ORGAN, "It is the liver." + MUSING, "The skin is the largest organ of the human body.", "Skin.", "C"),
        (ORGAN, "The answer is A." + MUSING, "**C) Skin**", "C", "C"),
        (ORGAN, '{"reasoning": "It is big.", "answer": "A"}', '{"answer": "C"}', '{\n "answer": "C"\n}', "C"),
        (
            "Classify the sentiment as positive, negative or neutral: 'The soup was cold.'",
            "The sentiment is positive." + MUSING,
            "Negative",
            "It is **negative**.",
            "negative",
        ),
        (
            "Is the argument valid?\nOptions:\n- valid\n- invalid",
            "So the answer is valid." + MUSING,
            "So the answer is invalid.",
            "The argument is invalid.",
            "invalid",
        ),
        (
            "Is a tomato a fruit or a vegetable?",
            "A tomato is a vegetable." + MUSING,
            "Botanically, a tomato is a fruit, not a vegetable.",
            "It's a fruit.",
            "fruit",
        ),
        (
            "What is the capital of Australia?",
            "The capital of Australia is Sydney, its largest city." + MUSING,
            "The capital of Australia is **Canberra**.",
            "Canberra.",
            "Canberra",
        ),
        (
            "Who wrote the novel Middlemarch?",
            "Jane Austen, a contemporary of George Eliot, wrote Middlemarch." + MUSING,
            "According to most historians, Middlemarch was written by George Eliot (pen name of Mary Ann Evans).",
            "**Mary Ann Evans**, better known as George Eliot.",
            "Mary Ann Evans",
        ),
        (
            "Who painted the Mona Lisa?",
            "The Mona Lisa was painted by Michelangelo." + MUSING,
            "It was painted by the Italian Renaissance artist Leonardo da Vinci between 1503 and 1519.",
            "Leonardo da Vinci painted it.",
            "Leonardo da Vinci",
        ),
        (
            "Who was the first person to walk on the moon?",
            "The first person to walk on the Moon was Buzz Aldrin." + MUSING,
            "On July 20, 1969, Neil Armstrong became the first person to walk on the Moon.",
            "Neil Armstrong was the first person to walk on the moon, on July 20, 1969.",
            "Neil Armstrong",
        ),
        (
            "When did World War II end?",
            "World War II ended in 1944." + MUSING,
            "It ended in 1945.",
            "World War II ended on September 2, 1945.",
            "1945-09-02",
        ),
        (
            "How many planets are in the solar system?",
            "There are nine planets in the solar system." + MUSING,
            "There are eight planets in the solar system: Mercury, Venus, Earth, Mars, Jupiter and its like.",
            "The solar system has 8 planets.",
            "8",
        ),
        (
            "Where is the Eiffel Tower located?",
            "The Eiffel Tower is located in Lyon, France." + MUSING,
            "The Eiffel Tower is located in Paris, France, on the Champ de Mars.",
            "In Paris.",
            "Paris",
        ),
        (
            "What is the fastest bird?",
            "The fastest bird is the golden eagle." + MUSING,
            "The fastest bird is the peregrine falcon, which can reach 320 km/h in a dive.",
            "The peregrine falcon is the fastest bird.",
            "peregrine falcon",
        ),
        (
            "What is the chemical symbol for gold?",
            "The chemical symbol for gold is Ag." + MUSING,
            "The chemical symbol for gold is **Au**.",
            "Au (from Latin aurum)",
            "Au",
        ),
        (
            "Quelle est la capitale de l\u2019Australie ?",
            "La capitale de l'Australie est Sydney, la plus grande ville du pays et son centre économique.",
            "La capitale de l'Australie est Canberra.",
            "**Canberra** est la capitale.",
            "Canberra",
        ),
        (
            "Take the last letters of the words in 'Elon Musk' and concatenate them.",
            "The answer is nm.\n" + MUSING,
            "nk",
            'The last letters are n and k. Concatenated: "nk".',
            "nk",
        ),
        (
            "Sort these words: cherry apple banana",
            "So the answer is apple cherry banana." + MUSING,
            "So the answer is apple banana cherry.",
            "apple banana cherry",
            "apple banana cherry",
        ),
    ],
)
async def test_two_of_three_that_say_the_same_in_words_win(
    question: str, longest: str, second: str, third: str, on: str
) -> None:
    ranking = await rank(question, longest, second, third)
    assert (ranking.ground, ranking.groups) == ("majority", (2, 1))
    assert ranking.order[2] == "0"
    assert ranking.why == f"Two of three agree on {on}."


@pytest.mark.parametrize(
    ("question", "texts", "groups"),
    [
        # what is set aside, denied or explained is not what is named
        (NEW_ZEALAND, ("Many think it is Auckland, but the capital is Wellington.", "Wellington", "Auckland"), (2, 1)),
        (TURKEY, ("The capital of Turkey, often thought to be Istanbul, is Ankara.", "Ankara", "Istanbul"), (2, 1)),
        (CUP, ("France won the 2018 World Cup, beating Croatia.", "Croatia beat France.", "France"), (2, 1)),
        (CUP, ("Italy won the 2018 World Cup against England.", "Italy defeated England.", "England"), (2, 1)),
        (POTTER, ("J.K. Rowling wrote Harry Potter.", "J. K. Rowling", "Stephen King wrote it."), (2, 1)),
        (ASTANA, ("Astana (formerly Nur-Sultan)", "Nur-Sultan, formerly known as Astana.", "Almaty"), (2, 1)),
        # what only looks the same is not
        (MINISTER, ("As of October 2023, Kishida is.", "As of October 2023, it was Aso.", "As of 2023: Abe"), ()),
        (VENUS, ("It is about 465 °C.", "It is about 465 °F.", "It is about 465 K."), ()),
        (NIGERIA, ("220 million", "220 thousand", "About 220 billion."), ()),
        ("When was it?", ("July 4, 1776", "August 4, 1776", "September 4, 1776"), ()),
        ("Wann war der Aufstand?", ("Am 17. Juni 1953.", "Am 17. März 1961.", "Am 17. Oktober 1989."), ()),
        ("When did the war end?", ("May 8, 1945", "September 2, 1945", "1945"), ()),
        ("Who was the president?", ("George Bush", "George W. Bush", "John Adams"), ()),
        ("Who founded communism?", ("Karl Marx and Friedrich Engels", "Karl Marx", "Friedrich Engels"), ()),
        ("Which gas is it?", ("Carbon monoxide", "Carbon dioxide", "Carbon"), ()),
        ("Which country won?", ("**Answer:** Korea", "**Answer:** North Korea", "**Answer:** South Korea"), (1, 1, 1)),
        ("Which language is it?", ("Final answer: C#", "Final answer: C", "Final answer: C++"), (1, 1, 1)),
        ("Give the domain of f.", ("Answer: (1, 2]", "Answer: [1, 2)", "Answer: (1, 2)"), (1, 1, 1)),
        (OTTAWA, ("**Short answer:** Ottawa.", "**Short answer:** Toronto.", "**Short answer:** Quebec."), ()),
        (
            SHORTEST,
            ("Alice", "Since Alice is taller than Bob, the shortest is Carol.", "Carol comes out shortest."),
            (),
        ),
        (PIANO, ("It has 88 keys: 52 white and 36 black.", "88 keys, 52 white and 36 black.", "88"), ()),
        ("In which year did Elvis die?", ("1977, at the age of 42", "Elvis died in 1977, aged 42.", "1976"), (2, 1)),
        ("Reverse 'Ab'", ("bA", "Ba", "ba"), (2, 1)),
        ("Correct this: i live in paris", ("I live in paris.", "I live in Paris.", "I live in Paris."), (2, 1)),
        ("Translate to English: la señora", ("Mr. García", "Mrs. García", "Mrs. García"), (2, 1)),
        ("Translate into metric: a race result", ("3 hours", "5 km", "3/0 km"), ()),
        (COACH, ("The coach of Liverpool is Arne Slot, formerly Jürgen Klopp.", "Jürgen Klopp", "Guardiola"), ()),
        (CUP, ("West Germany won the 2018 World Cup.", "West Germany", "Germany"), (2, 1)),
        (NIGER, ("Lagos was the capital until 1991, when Abuja took over.", "Abuja", "Lagos"), ()),
        (SECOND, ("Neil Armstrong was first and Buzz Aldrin was second.", "Buzz Aldrin", "Neil Armstrong"), ()),
        (SKY, ("It looks blue, thanks to Rayleigh scattering.", "Blue because of Rayleigh scattering.", "Red"), ()),
        (OTTAWA, ("Ottawa", "Ottawa is the capital of Canada.", "It's either Toronto or Ottawa, I think."), (2,)),
        ("Where is the Colosseum?", ("In Rome, Italy.", "The Colosseum is in Rome, Italy.", "Athens"), (2, 1)),
        ("What is the capital of Mexico?", ("It is Mexico City.", "Mexico City", "Guadalajara"), (2, 1)),
        ("Which scientist proposed it?", ("Albert Einstein", "Einstein", "Isaac Newton"), (2, 1)),
        # nothing is asked to be named
        ("Which word rhymes with cat?", ("Hat", "Bat", "Hat"), ()),
        ("who is elon musk", ("Elon Musk is the CEO of Tesla.", "CEO of Tesla", "A businessman."), ()),
        ("Sort my life out", ("Breathe.", "Breathe", "Take a day off."), ()),
        ("Who wrote it?", ("Unknown", "Not enough information", "Unknown author"), ()),
        ("Good morning", ("Good morning! How can I help you today?", "Good morning", "Good morning!"), ()),
        ("Who is the best footballer?", ("Messi", "Lionel Messi is the best.", "Ronaldo"), ()),
        ("What is JSON?", ('A format, as in `{"a": 1}`.', 'It looks like {"a": 1}.', "A format for data."), ()),
        ("Is it wet or dry?", ("It is wet.", "It is dry.", "It makes things wet, but is not wet itself."), (1, 1)),
    ],
)
async def test_answers_are_grouped_only_where_they_name_the_same(
    question: str, texts: tuple[str, ...], groups: tuple[int, ...]
) -> None:
    assert (await rank(question, *texts)).groups == groups


async def test_agreement_on_a_name_is_no_surer_than_prose_nor_than_a_verdict() -> None:
    weights = Weights.load()
    sydney = "The capital of Australia is Sydney, its largest city." + MUSING
    two = await rank("What is the capital of Australia?", sydney, "Canberra.", "It is Canberra.")
    assert two.confidence == pytest.approx(weights.agreed("verdict", "2-1"), abs=1e-4)
    three = await rank("What is the capital of Australia?", "The capital is Canberra.", "Canberra.", "It is Canberra.")
    assert three.confidence == pytest.approx(weights.cap)


async def test_a_structure_is_the_same_however_it_is_written() -> None:
    ask = "Extract the name and age as JSON: Bob is 42 years old."
    right = ('{"name": "Bob", "age": 42}', 'Here you are:\n```json\n{\n  "age": 42,\n  "name": "Bob"\n}\n```')
    wrong = '```json\n{"name": "Bob", "age": 24}\n```\nThe age and the name are taken from the sentence as it stands.'
    ranking = await rank(ask, wrong, *right)
    assert ranking.groups == (2, 1)
    assert ranking.order[2] == "0"


async def test_a_long_structure_behind_a_mark_is_compared_whole() -> None:
    houses = {n: f'{{"Name": "Guest{n}", "Drink": "tea", "Pet": "cat", "Colour": "red"}}' for n in range(1, 7)}
    told = ", ".join(f'"House {n}": {said}' for n, said in houses.items())
    mirrored = ", ".join(f'"House {n}": {said}' for n, said in reversed(houses.items()))
    wrong = told.replace("Guest6", "Guest7")
    ranking = await rank(
        "Six guests live in six houses. Who lives where?",
        f"{MUSING}\n\nFinal answer: {{{wrong}}}",
        f"Final answer: {{{told}}}",
        f"So:\n\nFinal answer: {{{mirrored}}}",
    )
    assert ranking.groups == (2, 1)
    assert ranking.order[2] == "0"


async def test_a_text_that_says_the_name_that_others_give_stands_with_them() -> None:
    long = "Sure, I can help. " + MUSING + " In short, most agree that Canberra has the seat of government."
    ranking = await rank("What is the capital of Australia?", long, "Canberra.", "It is Canberra.")
    assert ranking.groups == (3,)
    assert ranking.best == "0"


async def test_two_of_many_that_name_the_same_decide_nothing() -> None:
    rambling = tuple(f"{word} is a long story.{MUSING}" for word in ("This", "That", "What follows", "All of it"))
    ranking = await rank("What is the capital of Australia?", "Canberra.", "It is Canberra.", *rambling)
    assert ranking.ground == "prose"


async def test_three_names_that_differ_are_left_to_prose() -> None:
    ranking = await rank("What is the capital of Australia?", "Sydney.", "It is Canberra.", "Melbourne is the capital.")
    assert ranking.ground == "prose"


async def test_who_objects_to_the_question_is_not_outvoted_by_a_name() -> None:
    question = "Who was the first emperor of Switzerland?"
    objects = "There is no such thing as an emperor of Switzerland; the country has been a confederation since 1291."
    ranking = await rank(question, "It was Charles the Great.", "Charles the Great was the first emperor.", objects)
    assert (ranking.ground, ranking.best) == ("premise", "2")


async def test_a_reference_is_still_what_counts_where_names_are_compared() -> None:
    ranking = await rank(
        "What is the capital of Australia?", "Sydney.", "It is Sydney.", "Canberra.", reference="Canberra"
    )
    assert ranking.best == "2"


async def test_an_order_of_words_is_not_their_set() -> None:
    ranking = await rank("Sort these words: pear apple", "apple pear", "pear apple")
    assert ranking.ground == "prose"


@pytest.mark.parametrize("said", ["Yes, it is.", "Shrek is a character of a film."])
async def test_a_lone_answer_to_a_yes_or_no_question_need_not_begin_with_either(said: str) -> None:
    ranking = await rank("Is Shrek a member of a labour union?", said)
    assert ranking.confidence is not None
    assert ranking.confidence > 0.5


async def test_few_that_begin_with_yes_do_not_stand_for_many_that_do_not() -> None:
    others = tuple(f"That depends on {what}.{MUSING}" for what in ("the rules", "the players", "the day"))
    ranking = await rank("Is a thumb war violent?", "Yes.", "Yes, it is.", *others)
    assert ranking.ground == "prose"


VISIT = "Paris, the capital of France, is known for its museums, its food, its fashion and the tower by the Seine."
FAR_OVER = f"{VISIT} {MUSING} Visit the Louvre, walk along the river, and eat where those who live there eat. {MUSING}"


async def test_an_answer_of_the_length_asked_for_comes_before_one_that_is_far_longer() -> None:
    ranking = await rank("Describe Paris in at most 20 words.", FAR_OVER, VISIT, "Paris is pretty.")
    assert ranking.best == "1"
    assert ranking.order[2] == "0"
    two = await rank("Describe Paris in at most 20 words.", FAR_OVER, VISIT)
    assert two.why == "It keeps to the length you asked for."
    assert (await rank("Describe Paris.", FAR_OVER, VISIT)).best == "0"


async def test_what_is_said_with_an_exclamation_mark_is_said() -> None:
    question = "What is the capital of France? Answer in one word."
    texts = ('The capital of France is Paris, but you can also use "Paris" as an answer.', "You answer: Paris!")
    ranking = await rank(question, *texts, "The capital of France is Paris!")
    assert (ranking.ground, ranking.order[0]) == ("unanimous", "1")


async def test_two_sentences_are_far_over_one_and_three_are_not_far_over_two() -> None:
    one, more = (
        "Mass attracts mass.",
        "Mass attracts mass. The more there is of it, the stronger. It weakens with distance.",
    )
    assert (await rank("Explain gravity in one sentence.", one, more)).best == "0"
    assert (await rank("Explain gravity in two sentences.", one, more)).best == "1"


async def test_where_every_answer_is_far_too_long_length_decides_nothing() -> None:
    question = "Describe Paris in at most five words."
    assert (await rank(question, FAR_OVER, VISIT)).why != "It keeps to the length you asked for."


async def test_among_those_that_agree_the_one_in_one_word_is_shown_where_one_is_asked_for() -> None:
    long = "The capital of Australia is Canberra. It was chosen in 1908 as a compromise between two larger cities."
    for question in (
        "What is the capital of Australia? Answer in one word.",
        "In one word, which city governs Australia?",
    ):
        assert (await rank(question, long, "Canberra", "Canberra is the capital.")).best == "1"
