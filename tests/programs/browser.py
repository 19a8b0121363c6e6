"""Chromium without a window, driven by its DevTools protocol over a pair of pipes: a page is
asked what it shows, keys are pressed as a person presses them, and a phone is as narrow as it
says."""

import fcntl
import json
import os
import select
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

from harness import HANG_SECONDS

OPTIONS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
           "--no-first-run", "--disable-background-networking", "--remote-debugging-pipe")
IN, OUT, ABOVE = 3, 4, 10    # the browser's ends; where ours are first
KEYS = {"Tab": 9, "Enter": 13, "Space": 32, "Home": 36, "ArrowUp": 38, "ArrowDown": 40}
TYPED = {"Enter": "\r", "Space": " "}


def is_there() -> bool:
    """Whether there is a browser."""
    return shutil.which("chromium") is not None


class Browser:
    """One browser with one page."""

    def __init__(self, folder: Path) -> None:
        to_browser, self._to = os.pipe()
        self._from, from_browser = os.pipe()
        ends = [fcntl.fcntl(end, fcntl.F_DUPFD, ABOVE) for end in (to_browser, from_browser)]
        for end in (to_browser, from_browser):
            os.close(end)

        def connect() -> None:
            os.dup2(ends[0], IN)
            os.dup2(ends[1], OUT)

        self._process = subprocess.Popen(
            ["chromium", *OPTIONS, f"--user-data-dir={folder / 'profile'}", "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            pass_fds=(IN, OUT), preexec_fn=connect)
        for end in ends:
            os.close(end)
        self._number, self._read, self._session = 0, b"", ""
        self.faults: list[str] = []
        try:
            self._open_page()
        except (OSError, EOFError, ValueError):    # TimeoutError is an OSError
            self._process.kill()
            raise

    def _open_page(self) -> None:
        """Has a page to be driven."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target,
                                  flatten=True)["sessionId"]
        self.call("Page.enable")
        self.call("Runtime.enable")

    def close(self) -> None:
        """Ends the browser, also one that no longer listens."""
        self._session = ""
        try:
            self.call("Browser.close")
            self._process.wait(HANG_SECONDS)
        finally:
            if self._process.poll() is None:
                self._process.kill()
                self._process.wait(HANG_SECONDS)
            os.close(self._to)
            os.close(self._from)

    def _message(self) -> dict[str, Any]:
        """The next that the browser says."""
        deadline = time.monotonic() + HANG_SECONDS
        while b"\0" not in self._read:
            if not select.select([self._from], [], [], max(0, deadline - time.monotonic()))[0]:
                raise TimeoutError("the browser says nothing")
            some = os.read(self._from, 1 << 20)
            if not some:
                raise EOFError("the browser has gone")
            self._read += some
        text, self._read = self._read.split(b"\0", 1)
        message = json.loads(text)
        if message.get("method") == "Runtime.exceptionThrown":
            self.faults.append(str(message["params"]["exceptionDetails"]))
        return message

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Has the browser do something, and returns what it answers."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._message()
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise ValueError(f"{method}: {answer['error']}")
                return answer["result"]

    def open(self, file: Path, link: str = "") -> None:
        """Opens a file, and waits until its scripts have run."""
        self.call("Page.navigate", url="about:blank")
        self.call("Page.navigate", url=f"{file.as_uri()}#{link}")
        deadline = time.monotonic() + HANG_SECONDS
        while not self._is_done(file):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{file} is not drawn")
            time.sleep(0.02)

    def _is_done(self, file: Path) -> bool:
        """Whether this file is open, and what it does by itself is done."""
        try:
            return self.ask(f"location.href.startsWith({json.dumps(file.as_uri())}) &&"
                            " document.readyState === 'complete'")
        except ValueError:    # between two documents nobody answers
            return False

    def ask(self, script: str) -> Any:
        """The value of an expression in the page."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True,
                           awaitPromise=True)
        if "exceptionDetails" in answer:
            raise ValueError(f"{script}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def press(self, key: str) -> None:
        """A key, down and up."""
        about = {"key": " " if key == "Space" else key, "code": key,
                 "windowsVirtualKeyCode": KEYS[key]}
        self.call("Input.dispatchKeyEvent", type="keyDown", text=TYPED.get(key, ""), **about)
        self.call("Input.dispatchKeyEvent", type="keyUp", **about)

    def type(self, text: str) -> None:
        """Letters, into what has the focus."""
        for letter in text:
            self.call("Input.dispatchKeyEvent", type="char", text=letter)

    def window(self, width: int, height: int = 900) -> None:
        """So wide, in CSS pixels; a phone where it is narrow."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=width < 600)

    def prefer(self, **features: str) -> None:
        """What the system says that its user likes: `prefers_color_scheme="dark"`."""
        self.call("Emulation.setEmulatedMedia", features=[
            {"name": name.replace("_", "-"), "value": value}
            for name, value in features.items()])
