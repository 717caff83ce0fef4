"""Finds words by some of their letters."""

_WORD_START, _RUN, _LOOSE = 3.0, 2.0, 0.5


def score(wanted: str, text: str) -> float | None:
    """Rate how well `text` answers to `wanted`, higher is better; None where a letter is missing.

    The letters of `wanted` must occur in this order. Beginnings of words and runs count most, short texts break ties.
    Upper and lower case are the same, spaces in `wanted` are left out.
    """
    folded = text.casefold()
    ends: dict[int, float] = {-1: 0.0}  # best score of a match so far, by the position of its last letter
    for letter in wanted.casefold():
        if letter.isspace():
            continue
        further: dict[int, float] = {}
        best_before = float("-inf")
        for place in range(-1, len(folded)):
            if place >= 0 and folded[place] == letter and best_before > float("-inf"):
                starts_word = place == 0 or not folded[place - 1].isalnum()
                loose = best_before + (_WORD_START if starts_word else _LOOSE)
                run = ends.get(place - 1, float("-inf")) + _RUN if place > 0 else loose
                further[place] = max(loose, run)
            best_before = max(best_before, ends.get(place, float("-inf")))
        if not further:
            return None
        ends = further
    return max(ends.values()) - len(text) / 1000
