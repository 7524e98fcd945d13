"""Labelling by hand: nothing is lost, nothing leads who labels, no comment stands in the file, and the report is corrected."""

import json

import numpy as np
import pandas as pd
import pytest

from cemlab.checks import DataError
from cemlab.explore.label_panel import WORDS, label_comments, label_panel
from cemlab.explore.labelling import SKIPPED, Labelling
from cemlab.text.gold_labels import comment_key, reread
from cemlab.text.prevalence import sentiment_shares
from cemlab.text.sentiment import sentiment
from cemlab.text.sentiment_audit import sentiment_audit

TEXTS = [f"服务很好，{i}号桌，下次还来" if i % 2 else f"太差了，{i}号桌等了半天" for i in range(150)] + [
    "<script>alert(1)</script>服务员态度差，电话13812345678",
    "",
    None,
]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "audits" / "shop.csv"


def truth(text):
    return "positive" if "很好" in text else "negative"


def test_labels_are_on_disk_before_the_next_comment_and_taken_up_again(path):
    task = Labelling(TEXTS, path, n=40, seed=3)
    seen = []
    for _ in range(5):
        seen.append(task.text)
        task.label(truth(task.text))
    task.label(SKIPPED)
    again = Labelling(
        [*reversed(TEXTS), "新来的一条，很好"], path, n=99, seed=8
    )  # another order, n and seed: the old sample
    assert again.labelled == 5 and len(again.gold) == 40 and again.text == task.text
    assert not set(seen) & set(again.texts[6:])
    assert again.result()["gold"].notna().sum() == 5


def test_the_file_holds_labels_and_no_words(path):
    task = Labelling(TEXTS, path, n=60)
    task.label("positive")
    written = task.started.read_text(encoding="utf-8")
    assert "服务" not in written and "138" not in written.split("\n")[0] and "text" not in written.split("\n")[0]
    assert "row" not in pd.read_csv(task.started).columns


def test_a_label_is_taken_back_in_the_order_it_was_given(path):
    task = Labelling(TEXTS, path, n=20)
    first = task.text
    task.label("positive")
    task.label("negative")
    task.back()
    task.back()
    task.back()  # nothing left to take back
    assert task.text == first and task.labelled == 0 and Labelling(TEXTS, path).labelled == 0


def test_comments_that_are_gone_are_said_and_not_asked_and_their_labels_stay(path):
    task = Labelling(TEXTS, path, n=20)
    task.label("positive")
    labelled, waiting = task.texts[0], task.texts[3]
    left = Labelling([t for t in TEXTS if t not in (labelled, waiting)], path)
    assert (left.gone, left.left, left.labelled, len(left.gold)) == (1, 18, 1, 20)
    while left.current is not None:
        assert left.text != waiting
        left.label("negative")
    kept = pd.read_csv(left.started)["gold"]
    assert kept[0] == "positive" and kept.isna().sum() == 1 and left.result()["gold"].notna().sum() == 19
    again = Labelling(TEXTS, path)  # the data are back: so is the one that was waiting
    assert again.text == waiting and again.gone == 0
    with pytest.raises(DataError, match=r"shop\.started\.csv: none of its 20 comments is among the 1 given"):
        Labelling(["别的研究的评论"], path)


@pytest.mark.parametrize(
    "content, said",
    [
        (b"a,b\n1,2\n", r"columns \['key'"),
        (b"\xff\xfe\x00", "cannot be read as a table of labels"),
        (b"key,probability,label,stratum,stratum_size,gold\nx,0.5,positive,0,1,great\n", r"gold holds \['great'\]"),
    ],
)
def test_a_file_that_is_none_of_ours_is_refused_and_left_as_it_is(path, content, said):
    path.parent.mkdir(parents=True)
    started = path.with_suffix(".started.csv")
    started.write_bytes(content)
    with pytest.raises(DataError, match=said):
        Labelling(TEXTS, path)
    assert started.read_bytes() == content


def test_few_labels_correct_nothing(path):
    task = Labelling(TEXTS, path, n=60)
    task.label("positive")
    with pytest.raises(DataError, match="1 comments are labelled; a correction needs 30"):
        task.finish()
    assert not path.exists()


def test_unknown_opinions_and_labels_beyond_the_end(path):
    task = Labelling(TEXTS[:4], path, n=20)
    with pytest.raises(ValueError, match="`opinion` is 'good'"):
        task.label("good")
    for _ in range(len(task.gold)):
        task.label("neutral")
    assert task.current is None and task.text is None
    with pytest.raises(ValueError, match="nothing is left to label"):
        task.label("neutral")


def test_what_was_labelled_is_what_the_correction_takes(path):
    """All labels say what the texts say; shares corrected by the file are those of the texts."""
    task = Labelling(TEXTS, path, n=120)
    while task.current is not None:
        task.label(truth(task.text))
    gold = pd.read_csv(task.finish(), dtype={"label": str, "gold": str})
    assert sentiment_audit(gold).set_index("metric").loc["accuracy", "n"] == 120
    shares = sentiment_shares(sentiment(TEXTS).to_pandas(), gold).set_index("item")["estimate"]
    assert shares["positive"] == pytest.approx(75 / 151 * 100, abs=4)


def test_keys_tell_comments_apart():
    assert comment_key("很好") == comment_key("很好") != comment_key("很好。") and len(comment_key("\ud83d")) == 20


def test_labels_outlive_the_engine_and_the_comments():
    """The engine now calls the first comment neutral; the second is gone; files without keys stay as they are."""
    gold = pd.DataFrame({"key": [comment_key("一般"), comment_key("走了")], "label": ["positive", "negative"], "probability": [0.9, 0.1], "gold": ["neutral"] * 2})  # fmt: skip
    now = reread(gold, ["很好", "一般"], ["positive", "neutral"], [0.99, 0.5])
    assert now["label"].tolist() == ["neutral", "negative"] and now["probability"].tolist() == [0.5, 0.1]
    assert gold["label"].tolist() == ["positive", "negative"]
    mute = reread(gold, ["一般"], ["none"], [np.nan])  # the engine finds no opinion in it any more
    assert mute["label"].tolist() == ["positive", "negative"]
    old = gold.drop(columns="key")
    assert reread(old, ["一般"], ["neutral"], [0.5]) is old


def buttons(panel):
    return {button.description: button for button in [*panel.children[2].children, panel.children[3]]}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_panel_shows_words_only_and_keeps_every_click(path, lang):
    panel = label_panel(TEXTS, path, n=150, lang=lang)
    words, task = WORDS[lang], panel.labelling
    press, shown = buttons(panel), panel.children[1]
    assert press[words["finish"]].disabled and press[words["back"]].disabled
    while task.current is not None:
        assert "<script>" not in shown.value and "13812345678" not in shown.value
        assert not {"positive", "negative", "0."} & set(shown.value.replace("<p", " ").split())
        press[words["positive" if "很好" in task.text else "negative"]].click()
    assert panel.children[0].value == panel.children[0].max == len(task.gold)
    assert press[words["positive"]].disabled and not press[words["finish"]].disabled
    press[words["back"]].click()
    press[words["skip"]].click()
    press[words["finish"]].click()
    assert path.name in panel.children[4].value and words["accuracy"] in panel.children[4].value
    assert "nan" not in panel.children[4].value and pd.read_csv(path)["gold"].notna().sum() == len(task.gold) - 1


def test_a_language_that_is_not_there(path):
    with pytest.raises(ValueError, match="`lang` is 'fr'"):
        label_panel(TEXTS, path, lang="fr")


@pytest.fixture(scope="module")
def team(tmp_path_factory):
    """The sample of reviews in the store of a team of its own."""
    from cemlab.collect.ingest import ingest
    from cemlab.paths import codebooks_folder
    from cemlab.sample_study import make_sample

    home = tmp_path_factory.mktemp("team")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CEMLAB_HOME", str(home))
        patch.setenv("CEMLAB_KEY", str(home / "secret.key"))
        patch.delenv("CEMLAB_LAKE", raising=False)
        ingest(make_sample(["word_of_mouth"]), codebooks_folder() / "word_of_mouth.yml")
        yield home


def test_a_study_is_labelled_and_its_report_corrected(team, root):
    from cemlab.report.comments import open_comments
    from cemlab.report.study import open_study

    book = root / "data" / "codebooks" / "word_of_mouth.yml"
    study = open_study(book, weights="none")
    before = open_comments(study)
    task = label_comments(book).labelling
    assert set(task.gold["_wave"]) == {study.wave, study.previous} and len(task.gold) == 200
    rng = np.random.default_rng(0)
    while task.current is not None:
        said = task.gold.loc[task.current, "label"]
        task.label("neutral" if rng.random() < 0.1 else said)
    assert task.finish() == team / "data" / "audits" / "word_of_mouth.csv"
    after = open_comments(open_study(book, weights="none"))
    assert (
        before.gold is None
        and len(after.gold) == 200
        and set(after.gold["label"]) <= {"positive", "neutral", "negative"}
    )
    assert set(before.sentiment["method"]) != set(after.sentiment["method"])


def test_the_notebook_runs(team, root, tmp_path):
    import papermill

    out = tmp_path / "label_comments.ipynb"
    book = str(root / "data" / "codebooks" / "word_of_mouth.yml")
    papermill.execute_notebook(
        root / "notebooks" / "explore" / "label_comments.ipynb", out, {"codebook": book, "n": 30}, progress_bar=False
    )
    outputs = [
        output for cell in json.loads(out.read_text(encoding="utf-8"))["cells"] for output in cell.get("outputs", [])
    ]
    assert any("application/vnd.jupyter.widget-view+json" in output.get("data", {}) for output in outputs)
