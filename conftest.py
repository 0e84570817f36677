"""How pytest runs the notebooks: strictly, with warnings as errors, in one thread each."""

import itertools
import os
import re
import tempfile
from pathlib import Path

import nbval.plugin
from xdist.scheduler import LoadScopeScheduling

os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"))
# No test, and no notebook that a test runs, writes into the developer's own record or draws a progress bar.
os.environ.update(DLBOOK_PROGRESS="off", DLBOOK_BARS="off")

# A deprecation is an error in the notebooks' kernels: what is deprecated today fails for a reader next year.
# The exceptions are other people's code, each with its reason.
STARTUP = """
import warnings

warnings.filterwarnings("error", category=DeprecationWarning)
warnings.filterwarnings("error", category=PendingDeprecationWarning)
warnings.filterwarnings("error", category=FutureWarning)
warnings.filterwarnings("ignore", module=r"ipykernel\\.")  # of its own shutdown, after the last cell
warnings.filterwarnings("ignore", message="`torch.jit.script` is deprecated")  # torch calls it itself, in torch.func.jvp
"""


def pytest_configure(config):
    folder = Path(tempfile.mkdtemp(prefix="dlbook-ipython-"))
    (folder / "profile_default" / "startup").mkdir(parents=True)
    (folder / "profile_default" / "startup" / "warnings.py").write_text(STARTUP)
    os.environ["IPYTHONDIR"] = str(folder)


def group(nodeid):
    """What must stay on one worker, one after the other: a file, or all tests that look at one notebook run in their process."""
    notebook = re.search(r"\[(\d\d_\w+)(-\w+)?\]$", nodeid)
    return f"tests of {notebook[1]}" if notebook else nodeid.partition("::")[0]


class ByGroup(LoadScopeScheduling):
    """Hands out groups of tests to the workers."""

    def _split_scope(self, nodeid):
        return group(nodeid)


def pytest_xdist_make_scheduler(config, log):
    return ByGroup(config, log)


def pytest_collection_modifyitems(items):
    groups = {}
    for item in items:
        groups.setdefault(group(item.nodeid), []).append(item)
    items[:] = itertools.chain.from_iterable(groups.values())


# A figure's fresh output has an <img> with its text alternative beside the text that is compared. Like every other form
# of a picture it is not in the recorded notebook.
_init = nbval.plugin.IPyNbFile.__init__


def _init_without_html(self, *args, **kwargs):
    _init(self, *args, **kwargs)
    self.skip_compare = (*self.skip_compare, "text/html")


nbval.plugin.IPyNbFile.__init__ = _init_without_html
