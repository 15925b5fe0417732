from __future__ import annotations

import pytest

from assistant.conversation.expletives import is_expletive


@pytest.mark.parametrize(
    "question",
    [
        "How long did it take to build?",
        "What would it take to join the union?",
        "How much does it cost to build a pier?",
        "What does it mean to be neutral?",
        "Does it matter whether the lamps are lit?",
        "What time is it in Oban?",
        "Is it true that Jura left the union?",
        "Did it become clear who had won?",
        "When was it decided that the pier would be rebuilt?",
        "Can it be said that the union failed?",
        "Who was it that signed the accord?",
        "How is it that Jura kept its lamps?",
        "How is it made sure that nobody leaves?",
        "Was it Lund who signed the accord?",
        "Was it in Oban that the council met?",
        "Was it because of Lund that Jura left?",
        "Was it the keeper who lit the lamp?",
        "Is it possible to leave the union?",
        "What made it necessary for Jura to leave?",
        "Who made it clear that Jura had left?",
        "Who found it useful to leave?",
        "How easy is it to leave the union?",
    ],
)
def test_it_that_stands_for_a_clause_is_no_thing(question: str) -> None:
    assert is_expletive(question)


@pytest.mark.parametrize(
    "question",
    [
        "Is it true?",
        "How much did it cost?",
        "What does it mean?",
        "What does it mean to Jura?",
        "What does it mean to the islands?",
        "Is it important to Jura?",
        "How important is it?",
        "Was it allowed to leave?",
        "How likely is it to last?",
        "Was it told that Jura left?",
        "Is it saying that Jura left?",
        "Did it say that Jura left?",
        "Was it signed that year?",
        "Was it founded that same year by Lund?",
        "Is it bigger than that of Jura?",
        "Is it under that roof?",
        "Is it a treaty that binds Jura?",
        "Was it led by the man who lost?",
        "Was it made known that year by Lund?",
        "Who found it in the pier that burned?",
        "What made it useful to Jura?",
        "Was it founded when the war ended?",
        "Was it Lund?",
        "Who was it named after?",
    ],
)
def test_it_that_stands_for_a_thing_is_one(question: str) -> None:
    assert not is_expletive(question)
