"""Chinese in pictures: a font is found, seaborn does not undo it, gaps are errors where asked for."""

import io

import pytest

from cemlab.report import fonts


def draw(text):
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(fonts.style()):
        fig = Figure()
        fig.text(0.5, 0.5, text)
    fig.savefig(io.BytesIO(), format="svg")


def test_chinese_latin_and_minus_are_drawn_without_a_gap():
    with fonts.strict_glyphs():
        draw("净推荐值 NPS −12.5 – ±3% ≥ 「满意度」（样本量）～ABCxyz")


def test_a_sign_that_cannot_be_drawn_is_an_error_when_strict():
    with pytest.raises(UserWarning, match="Glyph .* missing"), fonts.strict_glyphs():
        draw("\U0001f9ff")


def test_missing_glyphs_names_them_once_in_order():
    assert fonts.missing_glyphs("满意度 NPS $") == ""
    assert fonts.missing_glyphs("好\U0001f9ff评\U0001f9ff\U0001fae0") == "\U0001f9ff\U0001fae0"


def test_style_comes_back_after_seaborn_sets_its_own_fonts():
    import matplotlib as mpl
    import seaborn as sns

    with mpl.rc_context():
        sns.set_theme()
        assert fonts.use_style() == mpl.rcParams["font.family"]
        assert fonts.LATIN in mpl.rcParams["font.family"]


def test_a_font_without_latin_letters_never_stands_first(monkeypatch):
    monkeypatch.setattr(fonts, "chinese_font", lambda: "Chinese only")
    monkeypatch.setattr(fonts, "_path", lambda family: family)
    monkeypatch.setattr(fonts, "_signs", lambda path: frozenset(map(ord, fonts.SAMPLE)))
    assert fonts.families() == [fonts.LATIN, "Chinese only"]


def test_without_any_chinese_font_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setattr(fonts, "_draws", lambda path, text: False)
    monkeypatch.setattr(fonts, "_from_wheel", lambda: None)
    with pytest.raises(RuntimeError, match="pip install pylopdf-fonts-zh-cn"):
        fonts.chinese_font.__wrapped__()
