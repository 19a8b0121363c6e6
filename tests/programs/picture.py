"""A picture of the page of `dane audit --html`, for README.md.

    picture.py DANE ZONES_DIR FILE.png

The page is that of some domains of the test internet, drawn by headless Chromium from its top
down to some rows of its table. `./dev picture` makes it again when the page looks otherwise.
"""

import base64
import subprocess
import sys
import tempfile
from pathlib import Path

import browser

DOMAINS = ("mail.example", "good.mail.example", "bücher.example", "mismatch.mail.example",
           "first-mismatch.mail.example", "expired.example", "mail.plain.example",
           "opportunistic.mail.example", "null.mail.example")
WIDTH, HEIGHT = 1080, 1400    # of the window, in CSS pixels
SHARPNESS = 1.5               # pixels of the picture for one of these
ROWS = 5
END = f'document.querySelectorAll("#rows tr.row")[{ROWS}].getBoundingClientRect().top'


def draw(page: Path, folder: Path) -> bytes:
    """The octets of a PNG file."""
    window = browser.Browser(folder)
    try:
        window.call("Emulation.setDeviceMetricsOverride", width=WIDTH, height=HEIGHT,
                    deviceScaleFactor=SHARPNESS, mobile=False)
        window.call("Emulation.setScrollbarsHidden", hidden=True)
        window.prefer(prefers_color_scheme="light")
        window.open(page)
        clip = {"x": 0, "y": 0, "width": WIDTH, "height": window.ask(END), "scale": 1}
        taken = window.call("Page.captureScreenshot", format="png", clip=clip)
        return base64.b64decode(taken["data"])
    finally:
        window.close()


def main() -> int:
    program, zones, file = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    with tempfile.TemporaryDirectory(prefix="picture.") as name:
        folder = Path(name)
        page = folder / "page.html"
        subprocess.run([program, "audit", "--unbound-conf", str(zones / "unbound.conf"),
                        "--retries", "0", "--html", str(page), *DOMAINS],
                       stdout=subprocess.DEVNULL, check=False)
        file.write_bytes(draw(page, folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
