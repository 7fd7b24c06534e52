import pytest

from trillm.language.refusal import is_refusal

HELP = "Heat the water until it boils, then add the noodles and wait for three minutes before you take them out. " * 8


@pytest.mark.parametrize(
    "text",
    [
        "I'm sorry, but I can't assist with that request.",
        "I’m sorry, but I can’t help with that.",
        "I cannot provide instructions for that.",
        "Sorry, I'm unable to help with this.",
        "As an AI language model, I cannot give legal advice.",
        "I must respectfully decline.",
        "I won't help with that.",
        "**I am not able to fulfill this request.**",
        "Es tut mir leid, aber dabei kann ich nicht helfen.",
        "Lo siento, pero no puedo ayudar con eso.",
        "Je suis désolé, mais je ne peux pas vous aider.",
        "Mi dispiace, ma non posso aiutarti.",
        "Desculpe, mas não posso ajudar com isso.",
        "Het spijt me, maar ik kan daar niet bij helpen.",
    ],
)
def test_declining_at_the_start_is_a_refusal(text: str) -> None:
    assert is_refusal(text, len(text.split()))


@pytest.mark.parametrize(
    "text",
    [
        "I can't recommend this book enough: it is a delight.",
        "You cannot divide by zero.",
        "Sorry is a card game for two to four players.",
        "The model said: I'm sorry, but I can't help with that.",
        "I can help with that.",
        "I'm sorry to hear that you lost your dog. Here is what may help.",
        "I cannot provide live prices. " + HELP,
        "I can't access the web; however, here is what I know of it: " + HELP[:400],
        "Ich kann dir sagen, was hilft: viel Wasser und Schlaf.",
        "",
    ],
)
def test_help_is_no_refusal(text: str) -> None:
    assert not is_refusal(text, len(text.split()))
