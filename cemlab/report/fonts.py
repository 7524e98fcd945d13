"""Chinese in still pictures: one style that finds a font, puts a fall-back behind it, and can be strict about gaps."""

import contextlib
import functools
import importlib.util
import warnings
from pathlib import Path

LATIN = "DejaVu Sans"  # ships with matplotlib
GOOD = (
    *(
        "Noto Sans CJK SC",
        "Noto Sans SC",
        "Source Han Sans SC",
        "Source Han Sans CN",
        "PingFang SC",
        "Hiragino Sans GB",
    ),
    *("Microsoft YaHei", "HarmonyOS Sans SC", "SimHei", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei"),
)
PLAIN = ("Droid Sans Fallback", "AR PL UMing CN", "SimSun", "Arial Unicode MS")  # few Latin signs, or a coarse look
WHEEL = ("pylopdf_fonts_zh_cn", "NotoSansSC-Regular.otf")
SAMPLE = "净推荐值满意度费力度置信区间样本量百分点未见显著变化贬损者触点航班候机楼员工敬业薪酬"
INK, SOFT, LINE = "#1c2733", "#56636f", "#d9dee3"
SALT = "cemlab"  # so that the same figure gives the same bytes


@functools.cache
def chinese_font():
    """The family of the Chinese font to draw with, registered with matplotlib.

    Returns
    -------
    str
        A good font of this system; else the one of the wheel pylopdf-fonts-zh-cn; else any that draws Chinese.

    Raises
    ------
    RuntimeError
        No Chinese font at all.
    """
    from matplotlib.font_manager import fontManager

    known = {entry.name: entry.fname for entry in fontManager.ttflist}
    found = next((name for name in GOOD if _draws(known.get(name), SAMPLE)), None)
    if found is None and (wheel := _from_wheel()) is not None:
        fontManager.addfont(wheel)  # by path: the cache of fonts may be older than the wheel
        found = fontManager.ttflist[-1].name
    if found is None:
        found = next((name for name in PLAIN if _draws(known.get(name), SAMPLE)), None)
    if found is None:
        raise RuntimeError(
            "fonts: no font that draws Chinese was found; run `pip install pylopdf-fonts-zh-cn` "
            "or install Noto Sans CJK SC, then `cemlab doctor`."
        )
    return found


def families():
    """The fall-back list. A font without Latin letters must not stand first: its gaps would be drawn as boxes."""
    chinese = chinese_font()
    return [chinese, LATIN] if _draws(_path(chinese), "Aa09%+-.,()[]*±~–—") else [LATIN, chinese]


def style():
    """The settings every chart is drawn with, as matplotlib's rc settings."""
    import seaborn as sns

    return {
        **sns.axes_style("white"),
        **sns.plotting_context("notebook", font_scale=0.85),
        "font.family": families(),
        "axes.unicode_minus": False,
        "text.parse_math": False,  # a "$" in a label is a "$"
        "axes.prop_cycle": _cycle(),
        "axes.edgecolor": LINE,
        "axes.labelcolor": SOFT,
        "text.color": INK,
        "xtick.color": SOFT,
        "ytick.color": INK,
        "svg.fonttype": "path",  # a picture shows its Chinese on machines without the font, and prints
        "svg.hashsalt": SALT,
        "hatch.linewidth": 0.6,
        "figure.dpi": 110,
        "savefig.dpi": 200,
    }


def use_style():
    """Set the look of every later figure, seaborn's and your own: theme first, then fonts that draw Chinese.

    Call it again after ``sns.set_theme()``, which puts its own fonts first. The charts of this package need no call.

    Returns
    -------
    list of str
        The font families, in the order they are tried.
    """
    import matplotlib as mpl
    import seaborn as sns

    sns.set_theme(style="white")
    mpl.rcParams.update(style())
    return families()


def missing_glyphs(text):
    """The signs of `text` that no font of the list can draw, each once, in order; "" when all can be drawn.

    Emoji are the usual case: they would show as empty boxes.
    """
    maps = [_signs(_path(name)) for name in families()]
    return "".join(dict.fromkeys(s for s in text if not s.isspace() and not any(ord(s) in map_ for map_ in maps)))


@contextlib.contextmanager
def strict_glyphs():
    """Inside, a sign that cannot be drawn is an error, not a warning and an empty box."""
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message="Glyph .* missing")
        warnings.filterwarnings("error", message="findfont")
        yield


def _cycle():
    import seaborn as sns
    from matplotlib import cycler

    return cycler(color=sns.color_palette("colorblind").as_hex())


def _from_wheel():
    package, name = WHEEL
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        return None
    path = Path(next(iter(found.submodule_search_locations))) / name
    return str(path) if path.is_file() else None


@functools.cache
def _path(family):
    from matplotlib.font_manager import FontProperties, findfont

    return findfont(FontProperties(family=[family]), fallback_to_default=False)


@functools.cache
def _signs(path):
    from matplotlib.ft2font import FT2Font

    return frozenset(FT2Font(path).get_charmap())


def _draws(path, text):
    if path is None:
        return False
    try:
        return all(ord(sign) in _signs(path) for sign in text)
    except (OSError, RuntimeError):
        return False
