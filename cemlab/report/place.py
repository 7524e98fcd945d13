"""Labels of points that do not lie on each other, on points or outside the axes."""

import numpy as np


def place_labels(ax, x, y, texts, *, size=9, colours=None, lines=()):
    """Write each text beside its point where room is left; a thin line leads to it when it stands farther away.

    Parameters
    ----------
    ax : Axes
        With its final limits.
    x, y : sequences of float
        Places of the points, in data.
    texts : sequence of str
    size : float
    colours : sequence of str, optional
    lines : sequence of (x0, y0, x1, y1), optional
        Strokes in data (intervals) that labels should rather not cross.

    Returns
    -------
    list of matplotlib.text.Text
        In the order of the points. A label for which no free place is found within reach takes the least bad one.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(ax.figure)
    renderer = canvas.get_renderer()
    points = ax.transData.transform(np.column_stack([x, y]))
    strokes = [ax.transData.transform([[a, b], [c, d]]) for a, b, c, d in lines]
    frame = ax.get_window_extent(renderer)
    scale = ax.figure.dpi / 72
    taken = [(px - 5 * scale, py - 5 * scale, px + 5 * scale, py + 5 * scale) for px, py in points]
    out = [None] * len(texts)
    crowd = [np.sort(np.hypot(*(points - p).T))[1] if len(points) > 1 else 0 for p in points]
    for i in np.argsort(crowd):  # the most crowded first, while there is room
        text = ax.annotate(texts[i], points[i], xycoords="figure pixels", size=size, ha="center", va="center", zorder=6,
                           color=(colours or ["#1c2733"] * len(texts))[i], annotation_clip=False)  # fmt: skip
        box = text.get_window_extent(renderer)
        half = (box.width / 2 + 2 * scale, box.height / 2 + 1 * scale)
        best = None
        for radius in np.array([0, 6, 14, 24, 36, 50, 66, 84]) * scale:
            for angle in np.deg2rad([0, 180, 90, 270, 45, 135, 225, 315, 22, 158, 202, 338]):
                dx, dy = np.cos(angle), np.sin(angle)
                cx = points[i][0] + dx * (half[0] + 6 * scale + radius)
                cy = points[i][1] + dy * (half[1] + 6 * scale + radius)
                here = (cx - half[0], cy - half[1], cx + half[0], cy + half[1])
                bad = sum(overlap(here, other) for other in taken)
                bad += 3 * outside(here, frame) + sum(0.5 * half[1] for stroke in strokes if crosses(here, stroke))
                cost = bad * 100 + radius
                if best is None or cost < best[0]:
                    best = cost, cx, cy, here
            if best[0] < 100:
                break
        _, cx, cy, here = best
        text.set_position((cx, cy))
        taken.append(here)
        nearest = (min(max(points[i][0], here[0]), here[2]), min(max(points[i][1], here[1]), here[3]))
        if np.hypot(nearest[0] - points[i][0], nearest[1] - points[i][1]) > 12 * scale:
            ax.annotate("", nearest, points[i], xycoords="figure pixels", textcoords="figure pixels", zorder=3,
                        arrowprops={"arrowstyle": "-", "color": "#8a97a5", "linewidth": 0.7})  # fmt: skip
        out[i] = text
    for text in out:  # pixels to data, so that the picture may be drawn at any resolution
        place = ax.transData.inverted().transform(text.get_position())
        text.xycoords = "data"
        text.anncoords = "data"
        text.xy = place
        text.set_position(place)
    for child in ax.texts:
        if child not in out and getattr(child, "xycoords", None) == "figure pixels":
            ends = ax.transData.inverted().transform([child.xy, child.get_position()])
            child.xycoords = child.anncoords = "data"
            child.xy = ends[0]
            child.set_position(ends[1])
    return out


def overlap(one, other):
    """Width of the overlap of two boxes' smaller side; 0 where they do not meet."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return min(wide, high) if wide > 0 and high > 0 else 0.0


def outside(box, frame):
    """How far a box reaches beyond the frame."""
    return max(frame.x0 - box[0], 0) + max(box[2] - frame.x1, 0) + max(frame.y0 - box[1], 0) + max(box[3] - frame.y1, 0)


def crosses(box, stroke):
    """Whether an upright or level stroke runs through a box."""
    (ax, ay), (bx, by) = stroke
    return min(ax, bx) < box[2] and max(ax, bx) > box[0] and min(ay, by) < box[3] and max(ay, by) > box[1]
