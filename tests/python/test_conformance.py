"""Every check of the conformance suite and every test of jupyter_kernel_test, each as a case of its own."""

import json

import kernel_conformance as suite
import pytest
from samples import samples_for

from conftest import ROOT
from kernel import NAME

OWN_SAMPLES = ROOT / "tests" / "conformance" / "synthbook.json"
SAMPLES = samples_for(NAME, OWN_SAMPLES)

JUPYTER_KERNEL_TESTS = sorted(
    name
    for case in (suite.jkt.KernelTests, suite.jkt.IopubWelcomeTests)
    for name in dir(case)
    if name.startswith("test_")
)

# The first of these needs a kernel that has run nothing, the second ends its kernel.
WANTS_A_FRESH_KERNEL = ("first cell", "kernel_info: protocol")
ENDS_ITS_KERNEL = "shutdown_request"


@pytest.fixture(scope="module")
def peer_results():
    return suite.run_jkt(NAME, SAMPLES)


@pytest.mark.parametrize("name", JUPYTER_KERNEL_TESTS)
def test_jupyter_kernel_test(peer_results, name):
    status, _seconds, note = peer_results[name]
    assert status == "PASS", f"{status}: {note}"


@pytest.fixture(scope="module")
def shared():
    holder = {"session": None}
    yield holder
    if holder["session"]:
        holder["session"].close()


@pytest.mark.parametrize(("name", "needs", "run"), suite.CHECKS, ids=[check[0] for check in suite.CHECKS])
def test_protocol(shared, name, needs, run):
    missing = [need for need in needs if SAMPLES.get(need) is None]
    assert not missing, f"no sample for {missing}: add it to {OWN_SAMPLES.name}"
    session = shared["session"]
    if session and name.startswith(WANTS_A_FRESH_KERNEL):
        session.close()
        session = None
    shared["session"] = None
    if session is None:
        session = suite.Session(NAME)
    else:
        session.drain(0.1)
    try:
        run(session, SAMPLES)
    except BaseException:
        session.close()
        raise
    if ENDS_ITS_KERNEL in name:
        session.close()
    else:
        shared["session"] = session


def test_own_samples_name_real_samples():
    known = set(samples_for(NAME))
    assert set(json.loads(OWN_SAMPLES.read_text())) <= known
