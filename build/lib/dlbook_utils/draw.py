"""Pictures that more than one section needs. Every function draws on the axes it is given and changes nothing else.

The colours of `dlbook_utils.style` are here too, so that a notebook writes ``draw.MODEL``.
"""

import numpy as np

from dlbook_utils.inputs import as_array, as_count, as_number, as_pair
from dlbook_utils.style import CYCLE, DATA, ERROR, HIGHLIGHT, INK, MODEL, PAPER, QUIET, STYLE

__all__ = [
    "CYCLE",
    "DATA",
    "ERROR",
    "HIGHLIGHT",
    "INK",
    "MODEL",
    "PAPER",
    "QUIET",
    "draw_contours",
    "draw_graph",
    "draw_grid",
    "draw_images",
    "draw_matrix",
    "draw_regions",
    "draw_vectors",
    "frame",
    "use_style",
]


def use_style():
    """Give matplotlib the look of the companion, for all figures of a notebook."""
    import matplotlib

    matplotlib.rcParams.update(STYLE)


def frame(ax, limit, *, ylimit=None, origin=True):
    """Make ``ax`` a square piece of the plane: equal scales, limits (−limit, limit) or (low, high), axes through 0."""
    xlim = _limits("limit", limit)
    ylim = xlim if ylimit is None else _limits("ylimit", ylimit)
    ax.set(xlim=xlim, ylim=ylim, aspect="equal")
    if origin:
        ax.axhline(0, color=QUIET, lw=0.8, zorder=0.5)
        ax.axvline(0, color=QUIET, lw=0.8, zorder=0.5)


def _limits(name, limit):
    if isinstance(limit, tuple | list | np.ndarray):
        return as_pair(name, limit)
    limit = as_number(name, limit, low=1e-300)
    return -limit, limit


def draw_vectors(ax, vectors, *, origin=(0, 0), colors=DATA, labels=None, width=2.2, **kwargs):
    """Draw the rows of ``vectors`` (k, 2) as arrows in data coordinates, with an optional label beyond each tip.

    ``origin`` is one point or one per vector; ``colors`` one colour or one per vector.
    """
    vectors = np.atleast_2d(as_array("vectors", vectors, (2,), (None, 2)))
    origins = np.broadcast_to(as_array("origin", origin, (2,), (len(vectors), 2)), vectors.shape)
    colors = [colors] * len(vectors) if isinstance(colors, str) else list(colors)
    labels = [""] * len(vectors) if labels is None else list(labels)
    for name, given in (("colors", colors), ("labels", labels)):
        if len(given) != len(vectors):
            raise ValueError(f"{name}: expected one for each of {len(vectors)} vectors, not {len(given)}")
    span = max(np.ptp(ax.get_xlim()), np.ptp(ax.get_ylim()))
    for (x, y), (u, v), color, label in zip(origins, vectors, colors, labels, strict=True):
        style = {
            "arrowstyle": "-|>,head_width=0.22,head_length=0.45",
            "color": color,
            "lw": width,
            "shrinkA": 0,
            "shrinkB": 0,
        }
        ax.annotate("", (x + u, y + v), (x, y), arrowprops=style | kwargs, annotation_clip=False)
        if label:
            away = np.array([u, v]) / max(np.hypot(u, v), 1e-9) * 0.035 * span
            ax.text(x + u + away[0], y + v + away[1], label, color=color, ha="center", va="center", fontsize=11)


def draw_grid(ax, matrix, *, limit=3, step=1, color=QUIET, shift=(0, 0), width=0.8, alpha=0.6):
    """Draw the lines of the unit grid after the linear map ``matrix`` (2, 2), as one collection."""
    from matplotlib.collections import LineCollection

    matrix, shift = as_array("matrix", matrix, (2, 2)), as_array("shift", shift, (2,))
    limit, step = as_number("limit", limit, low=1e-9), as_number("step", step, low=1e-3)
    ticks = np.arange(-limit, limit + step / 2, step)
    ends = np.array([-limit, limit])
    across = [np.column_stack([ends, [t, t]]) for t in ticks]
    down = [np.column_stack([[t, t], ends]) for t in ticks]
    lines = np.array(across + down) @ matrix.T + shift
    ax.add_collection(LineCollection(lines, colors=color, linewidths=width, alpha=alpha, zorder=0.6), autolim=False)


def draw_contours(ax, f, xlim, ylim, *, levels=12, path=None, n=81, filled=True, path_color=MODEL, norm=None):
    """Draw the contours of ``f(X, Y)`` over a rectangle and, over them, a path (k, 2) with its points.

    ``f`` takes and returns arrays of the same shape. ``levels`` is a number of levels or their heights.
    """
    xlim, ylim, n = as_pair("xlim", xlim), as_pair("ylim", ylim), as_count("n", n, low=2, high=2000)
    X, Y = np.meshgrid(np.linspace(*xlim, n), np.linspace(*ylim, n))
    Z = as_array("f(X, Y)", f(X, Y), X.shape, finite=False)
    if filled:
        ax.contourf(X, Y, Z, levels=levels, cmap="Blues", alpha=0.75, norm=norm, zorder=0.3)
    ax.contour(X, Y, Z, levels=levels, colors="#31587A", linewidths=0.7, norm=norm, zorder=0.4)
    if path is not None:
        path = as_array("path", path, (None, 2))
        ax.plot(path[:, 0], path[:, 1], "-o", color=path_color, lw=1.8, ms=4, mec="white", mew=0.6)
    ax.set(xlim=xlim, ylim=ylim)


def draw_regions(ax, predict, xlim, ylim, *, n=121, colors=(DATA, MODEL), alpha=0.18, boundary=True):
    """Colour the plane by the class that ``predict`` gives: it maps points (k, 2) to whole numbers 0, 1, … (k,)."""
    from matplotlib.colors import ListedColormap

    xlim, ylim, n = as_pair("xlim", xlim), as_pair("ylim", ylim), as_count("n", n, low=2, high=2000)
    X, Y = np.meshgrid(np.linspace(*xlim, n), np.linspace(*ylim, n))
    predicted = predict(np.column_stack([X.ravel(), Y.ravel()]))
    labels = as_array("what predict returns", predicted, (X.size,)).reshape(X.shape)
    if labels.min() < 0 or labels.max() > len(colors) - 1 or (labels != np.round(labels)).any():
        raise ValueError(
            f"what predict returns: expected whole numbers from 0 to {len(colors) - 1}, one for each color"
        )
    ax.imshow(
        labels,
        origin="lower",
        extent=(*xlim, *ylim),
        cmap=ListedColormap(colors),
        vmin=0,
        vmax=len(colors) - 1,
        alpha=alpha,
        aspect="auto",
        interpolation="nearest",
    )
    if boundary and labels.min() != labels.max():
        ax.contour(X, Y, labels, levels=np.arange(labels.max()) + 0.5, colors=INK, linewidths=1)
    ax.set(xlim=xlim, ylim=ylim)


def draw_images(ax, images, *, columns=None, cmap="gray_r", vmin=0, vmax=1, gap=1, titles=None):
    """Draw images (k, h, w), or (k, 64) for 8 × 8 digits, side by side on one axes, without ticks.

    ``titles`` stand above the images, one each. Values outside ``vmin`` … ``vmax`` are clipped.
    """
    images = as_array("images", images, (None, None), (None, None, None), finite=False)
    if images.ndim == 2:
        side = round(np.sqrt(images.shape[1]))
        if side * side != images.shape[1]:
            raise ValueError(f"images: expected square images in rows, {images.shape[1]} pixels are not a square")
        images = images.reshape(-1, side, side)
    if titles is not None and len(titles) != len(images):
        raise ValueError(f"titles: expected one for each of {len(images)} images, not {len(titles)}")
    columns = None if columns is None else as_count("columns", columns)
    count, height, width = images.shape
    columns = min(count, columns or count)
    rows = -(-count // columns)
    sheet = np.full((rows * (height + gap) - gap, columns * (width + gap) - gap), np.nan)
    for i, image in enumerate(images):
        top, left = i // columns * (height + gap), i % columns * (width + gap)
        sheet[top : top + height, left : left + width] = image
        if titles is not None:
            ax.text(left + width / 2 - 0.5, top - 0.8, titles[i], ha="center", va="bottom", fontsize=9)
    ax.imshow(sheet, cmap=cmap, vmin=vmin, vmax=vmax, interpolation="nearest")
    ax.set_axis_off()


def draw_matrix(ax, A, *, numbers="{:g}", cmap="Blues", vmin=None, vmax=None, title=""):
    """Draw a matrix as coloured cells with its entries written in them; ``numbers=None`` leaves them out."""
    A = np.atleast_2d(as_array("A", A, (None,), (None, None), finite=False))
    low, high = (A.min() if vmin is None else vmin), (A.max() if vmax is None else vmax)
    image = ax.imshow(A, cmap=cmap, vmin=low, vmax=high if high > low else low + 1, interpolation="nearest")
    if numbers is not None:
        for (i, j), value in np.ndenumerate(A):
            luminance = np.dot(image.to_rgba(value)[:3], (0.299, 0.587, 0.114))
            text = numbers.format(value).replace("-", "−")
            ax.text(j, i, text, ha="center", va="center", color="white" if luminance < 0.5 else INK)
    ax.set(xticks=[], yticks=[], title=title)
    for spine in ax.spines.values():
        spine.set_visible(True)


def draw_graph(ax, edges, positions, *, labels=None, colors=None, edge_colors=None, size=1400, fontsize=11):
    """Draw a directed graph: ``edges`` are pairs of nodes, ``positions`` maps a node to its place.

    ``labels`` maps nodes to texts, ``colors`` nodes and ``edge_colors`` edges to colours; what is missing is drawn plain.
    """
    import networkx as nx

    edges = [tuple(edge) for edge in edges]
    lost = [edge for edge in edges if len(edge) != 2 or not set(edge) <= set(positions)]
    if lost or not positions:
        raise ValueError(
            f"edges: expected pairs of nodes that have a position, not {lost[0] if lost else 'an empty graph'}"
        )
    for node, place in positions.items():
        as_array(f"positions[{node!r}]", place, (2,))
    graph = nx.DiGraph(edges)
    graph.add_nodes_from(positions)
    nodes, arrows = list(graph), list(graph.edges)
    nx.draw_networkx_edges(
        graph,
        positions,
        ax=ax,
        edgelist=arrows,
        node_size=size,
        width=1.8,
        arrowsize=14,
        edge_color=[(edge_colors or {}).get(edge, QUIET) for edge in arrows],
    )
    fill = [(colors or {}).get(node, PAPER) for node in nodes]
    nx.draw_networkx_nodes(graph, positions, ax=ax, nodelist=nodes, node_size=size, node_color=fill, edgecolors=INK)
    nx.draw_networkx_labels(graph, positions, ax=ax, labels=labels or {n: str(n) for n in nodes}, font_size=fontsize)
    ax.set_axis_off()
