import pytest

from trillm.language.category import CATEGORIES, category_of

LABELLED: dict[str, list[str]] = {
    "mathematics": [
        "What is 17% of 250?",
        "Solve 3x^2 - 5x + 2 = 0.",
        "A train travels 120 km in 1.5 hours. How fast does it go on average?",
        "Find the sum of all integers $n$ with \\(|n| < 7\\).",
        "Prove that the square root of two is irrational.",
        "Which is larger, 9.11 or 9.9?",
        "Ein Zug fährt 120 km in 90 Minuten. Wie viele Kilometer sind das je Stunde?",
        "Berechne die Ableitung von f(x) = x^3.",
        "¿Cuánto es el 15 por ciento de 80?",
        "Si 3 manzanas cuestan 2 euros, ¿cuánto cuestan 12?",
        "Combien font 12 fois 13 ?",
        "Quanto fa 7 * 8?",
        "求解方程 x^2 - 4 = 0",
        "リンゴが3個で240円です。5個ではいくらですか。",
    ],
    "code": [
        "Write a Python function that removes duplicates from a list.",
        "Why do I get a NullPointerException in this Java method?",
        "How can I centre a div with CSS?",
        "Explain what this does:\n```\nfor i in range(3): print(i)\n```",
        "SQL query to find the second highest salary",
        "Write a regex for e-mail addresses.",
        "Schreibe ein Programm, das Primzahlen ausgibt.",
        "Wie lese ich in Java eine Datei ein?",
        "Escribe una función en JavaScript que ordene una lista.",
        "Comment annuler le dernier commit avec git ?",
        "用Python写一个快速排序的函数",
        "JavaScriptで配列をソートするコードを教えてください。",
    ],
    "facts": [
        "Who wrote Middlemarch?",
        "What is the capital of Mongolia?",
        "Why is the sky blue?",
        "Explain the difference between weather and climate.",
        "When did the Western Roman Empire end?",
        "Is a whale a fish?",
        "What is a zip code?",
        "Wer hat das Penicillin entdeckt?",
        "Warum ist der Himmel blau?",
        "¿Cuál es la capital de Perú?",
        "¿Por qué duermen los gatos tanto?",
        "Quelle est la capitale de l'Australie ?",
        "Perché il mare è salato?",
        "Qual é o maior planeta do sistema solar?",
        "光合作用是什么？",
        "日本で一番高い山は何ですか。",
    ],
    "writing": [
        "Write a short story about a lighthouse keeper.",
        "Draft an email to my landlord about the broken heating.",
        "Summarize the following article in two sentences: The council met on Monday.",
        "Rewrite this sentence to sound more formal: gimme the report asap",
        "Translate 'good morning' into Korean.",
        "Give me a slogan for a bakery.",
        "Schreibe ein Gedicht über den Herbst.",
        "Fasse den folgenden Text zusammen: Der Rat tagte am Montag.",
        "Escribe un poema sobre el mar.",
        "Traduce al inglés: la casa es grande.",
        "Écris une lettre de motivation pour un poste de vendeur.",
        "Scrivi un racconto breve su un cane.",
        "写一首关于春天的诗",
        "次の文章を要約してください：会議は月曜日に開かれた。",
    ],
    "advice": [
        "Should I rent or buy a flat?",
        "How can I fall asleep more easily?",
        "What should I wear to a job interview?",
        "Give me some tips for learning the piano.",
        "How do I get red wine out of a carpet?",
        "My boss ignores me in meetings. What can I do?",
        "Wie kann ich besser schlafen?",
        "Soll ich mein altes Auto verkaufen?",
        "¿Cómo puedo ahorrar dinero cada mes?",
        "¿Debería aprender francés o alemán?",
        "Comment puis-je perdre du poids sans régime ?",
        "Come posso migliorare la mia memoria?",
        "Como posso dormir melhor?",
        "我应该怎么准备面试？",
        "眠れないときはどうすればいいですか。",
    ],
    "other": ["Hello there!", "Thanks, that was great.", "asdf", "Danke dir!", "...", "Good morning", "OK"],
}
QUESTIONS = [(question, category) for category, questions in LABELLED.items() for question in questions]


def test_of_labelled_questions_in_eight_languages_nine_in_ten_are_told_right() -> None:
    wrong = [(q, category, category_of(q)) for q, category in QUESTIONS if category_of(q) != category]
    assert len(QUESTIONS) >= 60
    assert len(wrong) <= 0.1 * len(QUESTIONS), wrong


@pytest.mark.parametrize("category", CATEGORIES)
def test_no_category_is_told_at_the_cost_of_another(category: str) -> None:
    asked = LABELLED[category]
    assert sum(category_of(q) == category for q in asked) >= 0.8 * len(asked)


@pytest.mark.parametrize(
    "text", ["", "\ud800", "\x00", "x" * 1_000_000, "how much " * 100_000, "$" * 50_000, "1" * 50_000]
)
def test_any_text_has_a_category(text: str) -> None:
    assert category_of(text) in CATEGORIES


def test_of_a_long_question_what_is_asked_at_the_end_counts() -> None:
    assert category_of("The council met on Monday. " * 400 + "Rewrite this so that it is shorter.") == "writing"
