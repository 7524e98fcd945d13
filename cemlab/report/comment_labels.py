"""Labels that come with comments: given by hand for this study, or by the file itself."""

import pandas as pd

from cemlab.paths import data_folder, project_root
from cemlab.text.gold_labels import reread

TEXT = "comment_text__"
SAID = {"好评": "positive", "差评": "negative", "praise": "positive", "blame": "negative"}


def given_labels(book):
    """Questions whose two answers are praise and blame, as corpora bring them: {name: {code: "positive" or "negative"}}."""
    out = {}
    for column in book.of_role("question"):
        signs = {code: SAID.get(option.zh or option.en) for code, option in column.options.items()}
        if sorted(map(str, signs.values())) == ["negative", "positive"]:
            out[column.name] = signs
    return out


def labelled_sample(book, rows):
    """The comments that people labelled for this study (data/audits/<name>.csv), or None.

    What the engine says of them is read anew from `rows` (from `with_opinions`), where the file knows its comments by key.
    """
    for folder in (project_root() / "data" / "audits", data_folder("audits")):
        path = folder / f"{book.name}.csv"
        if path.is_file():
            gold = pd.read_csv(path, encoding="utf-8", dtype={"label": str, "gold": str})
            return reread(gold, rows[TEXT], rows["label"].to_numpy(), rows["probability"].to_numpy())
    return None
