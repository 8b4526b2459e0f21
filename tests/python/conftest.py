"""Fixtures: folders of the tests' own, a kernel per module, the project's notebooks and data."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from kernel import Kernel, running

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = ROOT / "notebooks"
ADULT = NOTEBOOKS / "data" / "adult.parquet"


# What a session writes into the data directory.
OWN = ("history", "sessions", "frames", "indexes", "memory", "cache", "expectations", "warehouse.expectations")


def data_home():
    """The data directory of the installation under test."""
    home = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(os.environ.get("SYNTHBOOK_DATA_DIR") or Path(home) / "synthbook")


@pytest.fixture(scope="session", autouse=True)
def own_folders():
    """Sessions and history of these tests stay apart from the user's; what the set-up fetched is shared."""
    shared = data_home()
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="synthbook-test-", dir=memory if os.access(memory, os.W_OK) else None))
    data, runtime = folder / "data", folder / "runtime"
    data.mkdir()
    runtime.mkdir()
    for entry in shared.iterdir() if shared.is_dir() else ():
        if not entry.name.startswith(OWN):
            (data / entry.name).symlink_to(entry)
    settings = {
        "JUPYTER_PREFER_ENV_PATH": "1",
        "SYNTHBOOK_DATA_DIR": str(data),
        "SYNTHBOOK_RUNTIME_DIR": str(runtime),
        "SYNTHBOOK_CONFIG_DIR": str(folder / "config"),
    }
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    yield folder
    for name, value in before.items():
        if value is None:
            del os.environ[name]
        else:
            os.environ[name] = value
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def workplace(tmp_path_factory):
    """The folder in which the module's kernel runs."""
    return tmp_path_factory.mktemp("workplace")


@pytest.fixture(scope="module")
def _module_kernel(workplace):
    holder = {"kernel": Kernel(cwd=workplace)}
    yield holder
    holder["kernel"].close()


@pytest.fixture
def kernel(_module_kernel, workplace, request):
    """The module's kernel; a test that fails leaves a fresh one to the next."""
    failures = request.session.testsfailed
    if _module_kernel.get("failures", failures) != failures or not _module_kernel["kernel"].manager.is_alive():
        _module_kernel["kernel"].close()
        _module_kernel["kernel"] = Kernel(cwd=workplace)
    _module_kernel["failures"] = failures
    yield _module_kernel["kernel"]


@pytest.fixture
def fresh(tmp_path):
    """A kernel that only this test uses."""
    with running(cwd=tmp_path) as kernel:
        yield kernel
