"""How near a completion is to what stood there: equal, or how much of it need not be typed again."""

from __future__ import annotations


def exact_match(completion: str, truth: str) -> float:
    """1.0 where both are the same but for white space at the ends, else 0.0.

    >>> exact_match("return x  ", "return x"), exact_match("return y", "return x")
    (1.0, 0.0)
    """
    return float(completion.strip() == truth.strip())


def edit_similarity(completion: str, truth: str) -> float:
    """1 minus the edit distance over the longer length, white space at the ends aside.

    Unit: share, 0 (nothing in common) to 1 (equal; two empty texts are).

    >>> edit_similarity("return x", "return xy")
    0.8888888888888888
    """
    one, other = completion.strip(), truth.strip()
    longer = max(len(one), len(other))
    return 1.0 - edit_distance(one, other) / longer if longer else 1.0


def edit_distance(one: str, other: str) -> int:
    """Fewest characters to insert, delete or replace that make one text the other.

    Source: Myers 1999, "A fast bit-vector algorithm for approximate string matching", in Hyyro's form for the distance of
    two whole strings: a column of the table is two integers, whose bits say where it goes up and where down.

    >>> edit_distance("kitten", "sitting")
    3
    """
    if not one:
        return len(other)
    places: dict[str, int] = {}
    for index, letter in enumerate(one):
        places[letter] = places.get(letter, 0) | 1 << index
    everywhere, last = (1 << len(one)) - 1, 1 << (len(one) - 1)
    up, down, distance = everywhere, 0, len(one)
    for letter in other:
        equal = places.get(letter, 0)
        diagonal = (((equal & up) + up) ^ up) | equal | down
        right_up, right_down = down | ~(diagonal | up), up & diagonal
        distance += bool(right_up & last) - bool(right_down & last)
        right_up, right_down = right_up << 1 | 1, right_down << 1
        up = (right_down | ~(equal | down | right_up)) & everywhere
        down = right_up & (equal | down) & everywhere
    return distance
