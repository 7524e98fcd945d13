"""The report on reviews, words first seen this wave: a table with counts and one sentence each."""

from functools import lru_cache

import pandas as pd

from cemlab.report.comments import TEXT, masked_words
from cemlab.report.review_texts import shown, told

MOST = 12  # words shown; the others stand in results.csv


@lru_cache(maxsize=4)
def first_seen(words):
    """Words of this wave that the wave before hardly used, or None where there are not two waves to compare."""
    from cemlab.text.new_words import new_words

    study = words.study
    if words.reason or study.previous is None or len(words.waves) < 2:
        return None
    privacy = study.codebook.privacy
    found = new_words(
        words.data, TEXT, current=study.wave, previous=study.previous, person=words.person,
        date="_date" if "_date" in words.data.columns else None, min_n=max(10, privacy.min_persons, privacy.comments_min),
    )  # fmt: skip
    return found[~found["word"].isin(masked_words())].reset_index(drop=True)


def show_new_words(words):
    """The table, or one sentence where no word is new; nothing without a wave before."""
    from IPython.display import Markdown, display

    from cemlab.text.new_words import word_quotation

    found, lang = first_seen(words), words.study.lang
    if found is None:
        return
    if not len(found):
        display(Markdown(f"*{told('no_new_words', lang)}*"))
        return
    texts = words.now[TEXT].to_list()
    top = found.head(MOST)
    quoted = []
    for word in top["word"]:
        quoted.append(word_quotation(texts, word, other_than=quoted))
    rows = pd.DataFrame({
        "word": top["word"],
        "now": [f"{row.percent:.1f}% ({row.n:,})" for row in top.itertuples()],
        "before": [f"{row.percent_reference:.1f}% ({row.n_reference:,})" for row in top.itertuples()],
        "first": [f"{day:%Y-%m-%d}" if pd.notna(day) else "—" for day in top["first"]],
        "text": [one or "—" for one in quoted],
    })  # fmt: skip
    heads = {"word": "new_word", "now": "now", "before": "before", "first": "first", "text": "sentence"}
    heads = heads if top["first"].notna().any() else {c: h for c, h in heads.items() if c != "first"}
    row = top.iloc[0]
    said = {"base": f"{row['base']:,}", "base_before": f"{row['base_reference']:,}", "tested": f"{row['tested']:,}"}
    said |= {"all": f"{len(found):,}"}
    display(shown(rows, words, "new_words", heads=heads, said=said, columns=list(heads)))
