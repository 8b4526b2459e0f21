"""JupyterLab in a headless Chromium: a server on a free loopback port and a page that a test can drive."""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager

from playwright.sync_api import sync_playwright

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

# The browser stays on this machine: nothing of its own is fetched, reported or synchronised.
BROWSER_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-first-run",
    "--no-pings",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]

# Every cell stays in the page, and JupyterLab asks nobody for news.
SETTINGS = {
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},
    "@jupyterlab/completer-extension/manager": {"autoCompletion": False},
}

ALL_CELLS_RAN = """() => {
  const prompts = [...document.querySelectorAll('.jp-Notebook .jp-CodeCell .jp-InputPrompt')];
  return prompts.length > 0 && prompts.every(prompt => /\\[\\d+\\]/.test(prompt.textContent));
}"""

# JupyterLab shows an error, and what a cell wrote on stderr, in this kind of output.
ERROR = '.jp-RenderedText[data-mime-type="application/vnd.jupyter.stderr"]'

PROMPTS_AND_ERRORS = """error => ({
  prompts: [...document.querySelectorAll('.jp-Notebook .jp-CodeCell .jp-InputPrompt')].map(prompt => prompt.textContent),
  errors: [...document.querySelectorAll(error)].map(shown => shown.innerText),
})"""


class Lab:
    """One page of JupyterLab with a notebook open in it."""

    def __init__(self, page, url, token):
        self.page = page
        self.url = url
        self.token = token

    def open(self, notebook, timeout=60):
        self.page.goto(f"{self.url}/lab/tree/{notebook}?reset&token={self.token}")
        self.page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=timeout * 1000)
        self.wait_until_idle(timeout)

    def wait_until_idle(self, timeout=60):
        self.page.locator("#jp-main-statusbar").get_by_text("| Idle").wait_for(timeout=timeout * 1000)

    def run_all(self, timeout=300):
        """Run every cell by the menu; wait for the last; return the errors shown."""
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        try:
            self.page.wait_for_function(ALL_CELLS_RAN, timeout=timeout * 1000)
        finally:
            state = self.page.evaluate(PROMPTS_AND_ERRORS, ERROR)
            print(json.dumps(state, ensure_ascii=False))
        return state["errors"]

    def new_cell(self, text):
        """Add a cell under the last one, type into it, and leave the cursor at its end."""
        self.page.locator(".jp-Notebook .jp-Cell").last.locator(".jp-InputPrompt").click()
        self.page.keyboard.press("Escape")
        self.page.keyboard.press("b")
        self.page.wait_for_selector(".jp-Notebook .jp-Cell:last-of-type.jp-mod-active")
        self.page.keyboard.press("Enter")
        self.page.keyboard.type(text)
        return self.last_cell

    def run_cell(self):
        self.page.keyboard.press("Control+Enter")

    @property
    def last_cell(self):
        return self.page.locator(".jp-Notebook .jp-CodeCell").last

    def shot(self, folder, name, place=None):
        """A picture of the page or of one place in it."""
        path = folder / f"{name}.png"
        if place is None:
            self.page.screenshot(path=path)
        else:
            place.scroll_into_view_if_needed()
            place.screenshot(path=path)
        return path


@contextmanager
def lab(folder, state):
    """JupyterLab on `folder`, its settings and logs under `state`, and a browser page on it."""
    token = secrets.token_hex(16)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    settings = state / "lab-settings"
    for name, values in SETTINGS.items():
        file = settings / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values))
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}",
        "--ServerApp.port_retries=0", f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={folder}",
    ]  # fmt: skip
    environment = {
        **os.environ,
        "JUPYTERLAB_SETTINGS_DIR": str(settings),
        "JUPYTERLAB_WORKSPACES_DIR": str(state / "lab-workspaces"),
        "JUPYTER_RUNTIME_DIR": str(state / "jupyter-runtime"),
    }
    with (state / "jupyterlab.log").open("w") as log:
        server = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=environment)
        try:
            wait_for(url, token, server, state / "jupyterlab.log")
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=BROWSER_FLAGS)
                page = browser.new_page(viewport={"width": 1280, "height": 900}, device_scale_factor=1.5)
                try:
                    yield Lab(page, url, token)
                finally:
                    browser.close()
        finally:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait(10)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(url, token, server, log, timeout=60):
    """Return once the server answers."""
    deadline = time.monotonic() + timeout
    request = urllib.request.Request(f"{url}/api/status", headers={"Authorization": f"token {token}"})
    while time.monotonic() < deadline:
        assert server.poll() is None, f"JupyterLab ended:\n{log.read_text()[-3000:]}"
        try:
            with urllib.request.urlopen(request, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise AssertionError(f"JupyterLab did not answer in {timeout} s:\n{log.read_text()[-3000:]}")
