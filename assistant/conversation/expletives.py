"""An "it" that stands for no thing, but for what the question goes on to say."""

from __future__ import annotations

import re

_VERB = (
    r"(?!(?:the|an?|this|that|these|those|my|his|her|its|our|their|them|him|us|me)\b)(?-i:[a-z]+)"
)
_TO_VERB = rf"(?:for\ .+\ )?to\ {_VERB}"
_WHEN = r"(?:same\ |very\ )?(?:year|month|week|day|night|summer|winter|time)\b"
_CLAUSE = rf"(?:that\ (?!{_WHEN})|whether\ |whom?\ )\w"
_PREPOSITION = (
    r"(?:in|at|on|to|for|with|by|from|of|during|after|before|since|until|under|against|about|like"
    r"|near|than|because\ of)"
)
_EXPLETIVE = re.compile(
    rf"""
    # "How long did it take?", "What does it take to join?", "Does it matter whether …?"
    \bhow\ (?:long|much|many)\b.*\bit\ (?:takes?|took|taken)\b
  | \bit\ (?:seems?|happens?|rains?)\b
  | \bit\ (?:takes?|took|taken|costs?|means?|meant|matters?|mattered)\ (?:.+\ )?to\ {_VERB}
  | \bit\ (?:means?|meant|matters?|mattered)\ (?:that|whether|if|when|who|what|how)\b
  | \bwhat\ (?:time|day|date)\ (?:is|was)\ it\b

    # "Is it true that …?", "It was Lund who …", "Was it in Oban that …?", "Who was it that …?": not
    # what one is told or is sure of, nor where "that" follows a preposition.
  | (?:\b(?:is|was|be|been|makes?|made|finds?|found)\ it|\bit\ (?:is|was|be|been|bec[ao]mes?))
    (?:\ (?:not|also|only|really|now|still|ever|\w+ly))?
    (?:\ (?!told|informed|warned|assured|promised|sure|aware|such|an?\b|\w+ing\b|{_PREPOSITION}\b)
        (?-i:[a-z]+)
      | \ made\ (?:sure|certain|clear|known|public)
      | \ (?:{_PREPOSITION}\ )?(?:the\ )?(?-i:[A-Z]|\d).*?
      | \ the\ [a-z]+
    )?
    \ {_CLAUSE}

    # "Is it possible to …?", "What made it necessary for Jura to …?", "How hard is it to …?"
  | \bhow\ (?!likely)\w+\ (?:is|was)\ it\ {_TO_VERB}
  | \bit\ (?:(?:is|was|be|been|bec[ao]mes?)\ )?(?:not\ |now\ |still\ |ever\ |so\ |too\ |\w+ly\ )?
    (?:\w+\ for\ .+\ to\ {_VERB}
      | (?:(?:im)?possible|(?:un)?necessary|(?:un)?important|(?:il)?legal|(?:un)?lawful|vital
        |right|wrong|better|best|useful|common|usual|hard|difficult|easy|safe|late|early|time|enough
        |agreed|decided|forbidden)
        \ to\ {_VERB})
    """,
    re.IGNORECASE | re.VERBOSE,
)


def is_expletive(question: str) -> bool:
    """Tell whether "it" is a subject by its form alone, as in "Is it true that …?"."""
    return _EXPLETIVE.search(question) is not None
