"""The panel on which comments are labelled in JupyterLab, so that the report states and corrects its own error."""

from html import escape

from cemlab.checks import DataError, require_choice
from cemlab.explore.labelling import SKIPPED, Labelling

WORDS = {
    "zh": {
        "positive": "正面",
        "neutral": "中性或褒贬参半",
        "negative": "负面",
        "skip": "看不懂，跳过",
        "back": "撤回上一条",
        "finish": "完成，用于校正报告",
        "progress": "已标注 {done} 条，还剩 {left} 条",
        "gone": "；另有 {gone} 条评论已不在数据中，不再标注",
        "ask": "写评论的人总体上满意吗？只看文字，不猜星级。",
        "end": "全部看完，共标注 {done} 条。",
        "kept": "已写入 {name}：下次生成报告时，情感占比按这 {done} 条人工标注校正。",
        "table": "引擎在这批评论上的准确程度（%，{level} 置信区间）",
        "accuracy": "三类一致率",
        "accuracy_polar": "正负方向一致率",
        "recall": "查全率",
        "precision": "查准率",
    },
    "en": {
        "positive": "Positive",
        "neutral": "Neutral or mixed",
        "negative": "Negative",
        "skip": "Unclear, skip",
        "back": "Take back",
        "finish": "Finish and correct the report",
        "progress": "{done} labelled, {left} to go",
        "gone": "; {gone} comments are no longer in the data",
        "ask": "Is who wrote this content on the whole? Judge by the words alone.",
        "end": "All read; {done} labelled.",
        "kept": "Written to {name}: the next report corrects its shares by these {done} labels.",
        "table": "How right the engine is on these comments (percent, {level} interval)",
        "accuracy": "Same of three labels",
        "accuracy_polar": "Same side, positive or negative",
        "recall": "Recall",
        "precision": "Precision",
    },
}
STYLES = {"positive": "success", "neutral": "", "negative": "danger"}


def label_panel(texts, path, *, n=200, seed=0, groups=None, lang="zh"):
    """A panel that shows comments one by one, with a button for each opinion.

    Parameters
    ----------
    texts, path, n, seed, groups
        As in `cemlab.explore.labelling.Labelling`.
    lang : {"zh", "en"}

    Returns
    -------
    ipywidgets.VBox
        Comments are masked and shown as plain text, without the engine's opinion, which would lead who labels. Closing the
        notebook loses nothing. Its attribute ``labelling`` holds the `Labelling`.

    Notes
    -----
    Two people who label the same sample apart from each other show how clear the task is: give each a path, and compare
    with `cemlab.text.agreement`.
    """
    from ipywidgets import HTML, Button, HBox, IntProgress, Layout, VBox

    require_choice(lang, sorted(WORDS), name="lang", where="label_panel")
    words = WORDS[lang]
    task = Labelling(texts, path, n=n, seed=seed, groups=groups)
    shown, told = HTML(layout=Layout(min_height="7em")), HTML()
    bar = IntProgress(min=0, max=len(task.gold), layout=Layout(width="100%"))
    wide = Layout(width="auto", min_width="8em")
    opinions = [Button(description=words[name], button_style=style, layout=wide) for name, style in STYLES.items()]
    skip, back, finish = (Button(description=words[name], layout=wide) for name in ("skip", "back", "finish"))
    finish.button_style = "primary"

    def refresh(said=""):
        left = task.left
        bar.value = bar.max - left - task.gone
        state = words["progress"].format(done=task.labelled, left=left)
        state += words["gone"].format(gone=task.gone) if task.gone else ""
        body = escape(task.text) if left else words["end"].format(done=task.labelled)
        shown.value = f'<p style="color:#666">{words["ask"]}</p><p style="font-size:1.25em;line-height:1.6;white-space:pre-wrap">{body}</p>'
        told.value = f"<p>{state}</p>{said}"
        for button in (*opinions, skip):
            button.disabled = not left
        back.disabled, finish.disabled = not task.order, task.labelled < task.least

    def give(opinion):
        task.label(opinion)
        refresh()

    def undo(_):
        task.back()
        refresh()

    def end(_):
        try:
            path = task.finish()
        except DataError as error:
            refresh(f"<p>{escape(str(error))}</p>")
            return
        refresh(f"<p>{words['kept'].format(name=escape(path.name), done=task.labelled)}</p>{_accuracy(task, words)}")

    for button, opinion in zip(opinions, STYLES, strict=True):
        button.on_click(lambda _, opinion=opinion: give(opinion))
    skip.on_click(lambda _: give(SKIPPED))
    back.on_click(undo)
    finish.on_click(end)
    refresh()
    panel = VBox([bar, shown, HBox([*opinions, skip, back]), finish, told], layout=Layout(max_width="50em"))
    panel.labelling = task
    return panel


def _accuracy(task, words, level=0.95):
    from cemlab.text.sentiment_audit import sentiment_audit

    rows = []
    for row in sentiment_audit(task.result(), level=level).itertuples():
        name = words[row.metric] + (f"：{words[row.item]}" if row.item else "")
        figure = "–" if row.estimate != row.estimate else f"{row.estimate:.1f} [{row.ci_low:.1f}, {row.ci_high:.1f}]"
        rows.append(f"<tr><td>{name}</td><td>{figure}</td><td>n={row.n:,}</td></tr>")
    title = words["table"].format(level=f"{level:.0%}")
    return f"<table><caption>{title}</caption>{''.join(rows)}</table>"


def label_comments(codebook, *, wave="latest", n=200, seed=0, lang="zh"):
    """The panel for the comments of a study: what is labelled corrects the shares in its next report.

    Parameters
    ----------
    codebook : str or pathlib.Path
    wave : str
        Wave reported; comments are drawn from it and the wave before, which the report compares.
    n, seed, lang
        As in `label_panel`.

    Returns
    -------
    ipywidgets.VBox

    Raises
    ------
    DataError
        The wave holds too few comments, or few in Chinese.
    """
    from cemlab.paths import project_root
    from cemlab.report.comments import TEXT, open_comments
    from cemlab.report.study import open_study

    study = open_study(codebook, wave=wave, weights="none", lang=lang)
    comments = open_comments(study)
    if comments.reason:
        raise DataError(
            f"label_comments: wave {study.wave} of {study.codebook.name} holds {comments.written} comments, and the report counts none of "
            "them (too few, or not in Chinese); there is nothing to correct."
        )
    path = project_root() / "data" / "audits" / f"{study.codebook.name}.csv"
    return label_panel(comments.data[TEXT], path, n=n, seed=seed, groups=comments.data.select("_wave"), lang=lang)
