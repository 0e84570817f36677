"""Measure what a reader waits for, and print it as tables. Ratios are taken within one run; seconds depend on the machine.

python tools/bench.py [live] [import] [notebooks] [book] [browser]
"""

import contextlib
import io
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

import numpy as np
import psutil

from notebooks import ONE_THREAD, ROOT, all_notebooks, read, run

sys.path.insert(0, str(ROOT / "tests"))
REPEATS = 15
SECONDS = {"09": 60, "10": 60, "12": 60}  # the limits that are not 30
AIM_WHOLE, AIM_INTERACT = 0.5, 0.25


def draw_lines(ax, k):
    x = np.linspace(0, 6, 300)
    for shift in (0, 1, 2):
        ax.plot(x, np.sin(x + shift + k / 10))
    ax.set(xlim=(0, 6), ylim=(-1.2, 1.2), title=f"shift {k}", xlabel="x", ylabel="sin")
    return f"Shift {k}."


def draw_points(ax, k):
    from dlbook_utils import draw

    X = np.random.default_rng(0).standard_normal((500, 2)) @ [[1, 0.5], [0, 0.8]]
    ax.scatter(*X.T, s=8, color=draw.DATA)
    draw.frame(ax, 3)
    angle = k / 10
    draw.draw_vectors(ax, 2 * np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]))
    ax.set(title=f"turned {k}", xlabel="x1", ylabel="x2")
    return f"Turned {k}."


def draw_valley(ax, k):
    from dlbook_utils import draw

    path = np.array([[2.5 * 0.9**i, (-0.8) ** i * (1 + k / 20)] for i in range(30)])
    draw.draw_contours(ax, lambda X, Y: X**2 / 2 + 5 * Y**2 / 2, (-3, 3), (-2, 2), path=path)
    ax.set(title=f"start {k}", xlabel="x1", ylabel="x2")
    return f"Start {k}."


def cpu_ms(function):
    """Return the median CPU time of ``function(i)`` over the repeats, in milliseconds."""
    function(0), function(1)
    times = []
    for i in range(REPEATS):
        started = time.process_time()
        function(i + 2)
        times.append((time.process_time() - started) * 1000)
    return statistics.median(times)


def shown_with_pyplot(function):
    """Return what a reader of plain ipywidgets would hand to ``interact``."""
    from matplotlib import pyplot as plt

    def show_with_pyplot(k):
        _, ax = plt.subplots(figsize=(6.4, 4.8))
        function(ax, k)
        plt.show()

    return show_with_pyplot


def bench_live():
    """A move of a control to the encoded picture, against drawing anew and against plain ipywidgets."""
    import ipywidgets
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from dlbook_utils import steps
    from dlbook_utils.explore import Explorable
    from dlbook_utils.live import LiveExplorable

    matplotlib.use("module://matplotlib_inline.backend_inline")
    print("live update, CPU ms | ours | drawing anew (a) | interact (b) | ours/a (aim 0.5) | ours/b (aim 0.25)")
    for name, function in (
        ("lines", draw_lines),
        ("500 points, arrows", draw_points),
        ("filled contours, path", draw_valley),
    ):
        live = LiveExplorable(Explorable(function, {"k": steps(0, 99, 1)}, size=(6.4, 4.8)))
        slider = live.controls["k"]

        def move(i, slider=slider):
            slider.value = i + 1

        def anew(i, function=function):
            figure = Figure(figsize=(6.4, 4.8), dpi=100)
            canvas = FigureCanvasAgg(figure)
            function(figure.subplots(), i)
            canvas.print_png(io.BytesIO())

        with in_notebook_shell():
            plain = ipywidgets.interactive(shown_with_pyplot(function), k=(0, 99))
            plain.update()

            def move_plain(i, plain=plain):
                plain.children[0].value = i + 1

            ours, whole, interact = cpu_ms(move), cpu_ms(anew), cpu_ms(move_plain)
        print(f"{name:22} | {ours:5.1f} | {whole:5.1f} | {interact:5.1f} | {ours / whole:.2f} | {ours / interact:.2f}")


@contextlib.contextmanager
def in_notebook_shell():
    """An IPython shell in which figures are encoded as in a notebook, without a front end."""
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.core.pylabtools import select_figure_formats

    select_figure_formats(InteractiveShell.instance(), {"png"})
    with contextlib.redirect_stdout(io.StringIO()):
        yield


def bench_import():
    """What `import dlbook_utils` adds to importing numpy and matplotlib."""

    def seconds(statement):
        code = f"import time; t = time.perf_counter(); import numpy, matplotlib; u = time.perf_counter(); {statement}; "
        code += "print(u - t, time.perf_counter() - u)"
        runs = [
            subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True) for _ in range(7)
        ]
        return [statistics.median(float(run.stdout.split()[i]) for run in runs) for i in (0, 1)]

    base, ours = seconds("import dlbook_utils")
    print(f"import | numpy and matplotlib {base * 1000:.0f} ms | dlbook_utils {ours * 1000:.0f} ms more (aim under 80)")


def peak_memory(run_it):
    """Return the seconds that a function took, and the peak memory of this process' children in MB."""
    peak, done = 0, threading.Event()

    def watch():
        nonlocal peak
        while not done.wait(0.05):
            with contextlib.suppress(psutil.Error):
                used = [child.memory_info().rss for child in psutil.Process().children(recursive=True)]
                peak = max(peak, max(used, default=0))

    watcher = threading.Thread(target=watch)
    watcher.start()
    started = time.perf_counter()
    try:
        run_it()
    finally:
        done.set()
        watcher.join()
    return time.perf_counter() - started, peak / 1e6


def bench_notebooks():
    """Seconds and peak memory of each notebook, against the limits that CONTRIBUTING.md states."""
    print("notebook | seconds | limit | peak MB (limit 1000)")
    for path in all_notebooks():
        seconds, peak = peak_memory(lambda path=path: run(read(path), path.parent))
        print(f"{path.stem} | {seconds:.1f} | {SECONDS.get(path.stem[:2], 30)} | {peak:.0f}")


def bench_book():
    """The book from nothing, again, and after an edit in one notebook."""
    command = [sys.executable, ROOT / "tools" / "build_book.py"]

    def build():
        started = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        return time.perf_counter() - started

    shutil.rmtree(ROOT / "_build", ignore_errors=True)
    cold, again = build(), build()
    path = all_notebooks()[-1]
    before = path.read_bytes()
    try:
        path.write_bytes(before.replace(b"draw.use_style()", b"draw.use_style()  # edited", 1))
        with tempfile.TemporaryDirectory() as frames:
            alone = time.perf_counter()
            run(read(path), path.parent, {"DLBOOK_FRAMES": frames})
            alone = time.perf_counter() - alone
        edited = build()
    finally:
        path.write_bytes(before)
    build()
    print(f"book | cold {cold:.0f} s | nothing changed {again:.0f} s | after an edit {edited:.0f} s")
    print(
        f"the edited notebook | {path.stem}, {alone:.0f} s when run alone with all its frames (aim: at most 25 s less)"
    )
    frames = [f.stat().st_size for f in (ROOT / "_build" / "html" / "frames").iterdir()]
    print(
        f"frames | {len(frames)} files | {sum(frames) / len(frames) / 1000:.1f} KB on average | {sum(frames) / 1e6:.0f} MB"
    )


def bench_browser():
    """A key press in the built page to the new picture, once the frames are loaded (aim: under 16 ms)."""
    from browsing import open_browser

    script = """async (figure) => {
      const slider = figure.querySelector('input[type=range]');
      const times = [];
      for (let i = 0; i < 20; i += 1) {
        slider.value = i % 2 ? 2 : 1;
        const started = performance.now();
        slider.dispatchEvent(new Event('input', {bubbles: true}));
        await figure.querySelector('img').decode();
        times.push(performance.now() - started);
        await new Promise(requestAnimationFrame);
      }
      return times.sort((a, b) => a - b);
    }"""
    print("frame swap, ms | median | slowest of 20")
    with open_browser() as browser:
        for path in all_notebooks():
            page = browser.new_page()
            page.goto(f"file://{ROOT}/_build/html/notebooks/{path.stem}.html")
            figure = page.locator(".dlbook-explorable", has=page.locator("input[type=range]")).first
            figure.scroll_into_view_if_needed()
            figure.locator("input[type=range]").first.focus()
            page.wait_for_timeout(5000)
            times = figure.evaluate(script)
            print(f"{path.stem} | {statistics.median(times):.1f} | {times[-1]:.1f}")
            page.close()


BENCHES = {
    "live": bench_live,
    "import": bench_import,
    "notebooks": bench_notebooks,
    "book": bench_book,
    "browser": bench_browser,
}

if __name__ == "__main__":
    os.environ.update(ONE_THREAD)
    for name in sys.argv[1:] or BENCHES:
        BENCHES[name]()
        print(flush=True)
