"""Names beside the points of a map, placed so that none covers another or a point."""

import numpy as np

DISTANCE = 9  # points (1/72 inch) from the mark to the nearest edge of its name
ROUNDS = (1.0, 1.8, 2.8, 4.0, 5.5, 7.5, 10.0)
ANGLES = np.arange(0, 360, 22.5)


def placed_labels(fig, ax, texts, spots):
    """Write each text beside its spot where it is free; a line leads back to the spot where it had to move far.

    Parameters
    ----------
    fig, ax : Figure, Axes
        With limits settled.
    texts : list of (str, dict)
        Words and how to write them.
    spots : list of (float, float)
        Places in data units.

    Returns
    -------
    list of array (x0, y0, x1, y1)
        Boxes taken, in pixels.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(fig)
    canvas.draw()
    renderer, scale = canvas.get_renderer(), fig.dpi / 72
    at = ax.transData.transform(np.asarray(spots, dtype=float))
    frame = ax.get_window_extent(renderer)
    marks = np.column_stack([at - 5 * scale, at + 5 * scale])
    taken, drawn = [], []
    middle = np.median(at, axis=0)
    order = sorted(
        range(len(texts)), key=lambda i: (texts[i][1].get("weight") != "bold", ((at[i] - middle) ** 2).sum())
    )
    for i in order:
        words, how = texts[i]
        made = ax.text(0, 0, words.replace("$", r"\$"), **how)
        box = made.get_window_extent(renderer)
        made.remove()
        box = best_box(at[i], box.width, box.height, scale, marks, taken, frame, i)
        taken.append(box)
        drawn.append((i, box))
    inverse = ax.transData.inverted()
    for i, box in drawn:
        words, how = texts[i]
        centre = np.array([(box[0] + box[2]) / 2, (box[1] + box[3]) / 2])
        nearest = np.clip(at[i], box[:2], box[2:])
        if np.hypot(*(nearest - at[i])) > 20 * scale:
            (x0, y0), (x1, y1) = inverse.transform([at[i], nearest])
            ax.plot(
                [x0, x1], [y0, y1], color=how.get("color", "0.5"), linewidth=0.5, zorder=2, scalex=False, scaley=False
            )
        x, y = inverse.transform(centre)
        ax.text(x, y, words.replace("$", r"\$"), ha="center", va="center", zorder=6, **how)
    return taken


def best_box(spot, width, height, scale, marks, taken, frame, own):
    """The first free box around a spot, going outwards; else the one that covers least."""
    best, least = None, np.inf
    for far in ROUNDS:
        for angle in ANGLES:
            reach = DISTANCE * scale * far
            dx, dy = np.cos(np.radians(angle)), np.sin(np.radians(angle))
            x = spot[0] + dx * (reach + width / 2)
            y = spot[1] + dy * (reach * 0.8 + height / 2)
            box = np.array([x - width / 2, y - height / 2, x + width / 2, y + height / 2])
            cost = sum(overlap(box, other) for other in taken) * 3
            cost += sum(overlap(box, mark) for j, mark in enumerate(marks) if j != own)
            outside = (
                max(frame.x0 - box[0], 0)
                + max(box[2] - frame.x1, 0)
                + max(frame.y0 - box[1], 0)
                + max(box[3] - frame.y1, 0)
            )
            cost += outside * height
            if cost < least:
                best, least = box, cost
            if cost == 0:
                return box
    return best


def overlap(one, two):
    """Area that two boxes share."""
    wide = min(one[2], two[2]) - max(one[0], two[0])
    high = min(one[3], two[3]) - max(one[1], two[1])
    return wide * high if wide > 0 and high > 0 else 0.0
