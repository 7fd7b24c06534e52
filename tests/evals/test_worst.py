import random


def trios(gain: float, number: int = 20, prompts: int = 50):
    """Trios whose gains spread about one mean, prompt by prompt."""
    from evals.worst import Trio

    chance, found = random.Random(1), []
    for n in range(number):
        gained = {str(prompt): gain + chance.choice((-0.5, 0.5)) for prompt in range(prompts)}
        mean = sum(gained.values()) / prompts
        found.append(Trio((str(n),), mean, (mean, mean), gained))
    return found


def test_the_least_of_many_trios_is_low_by_chance_though_none_loses() -> None:
    from evals.worst import least_by_chance

    low, as_low = least_by_chance(trios(0.0))
    assert low < -0.1
    assert as_low > 0.1


def test_a_trio_that_truly_loses_is_lower_than_chance_makes_it() -> None:
    from evals.worst import least_by_chance

    found = trios(0.0)
    loser = found[0]._replace(gain=-0.6, gained={str(n): -0.6 for n in range(50)})
    _, as_low = least_by_chance([*found[1:], loser])
    assert as_low == 0
