"""Records what the audit sees of each domain of audit_zoo.tsv, for tests/audit/zoo.

    record_zoo.py RECORD_FACTS TARGET_DIR ZONES_DIR

Run by with_zones.py; tests/audit/zoo/README.md says how. Writes `ca.pem` and a file
`facts-N.txt` for each setting of the resolver that the table names; the setting is in
the note of each audit.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import audit_zoo

LIMIT_SECONDS = 900     # silence is waited for, so that a busy machine makes none

def main(words: list[str]) -> int:
    """The command line."""
    if len(words) != 4:
        print(__doc__, file=sys.stderr)
        return 100
    program, target, directory = words[1], Path(words[2]), Path(words[3]).resolve()
    authority = directory / "certs" / "ca.pem"
    rows = audit_zoo.load()
    for old in target.glob("facts-*.txt"):
        old.unlink()
    with tempfile.TemporaryDirectory(prefix="zoo.") as scratch:
        for number, setting in enumerate(sorted({row.setting for row in rows})):
            unbound = audit_zoo.configuration(setting, directory, Path(scratch))
            lines = "".join(f"{row.domain} | {setting}\n" if setting else f"{row.domain}\n"
                            for row in rows if row.setting == setting)
            done = subprocess.run([program, str(unbound), str(authority)], input=lines,
                                  stdout=subprocess.PIPE, text=True, check=True,
                                  timeout=LIMIT_SECONDS)
            (target / f"facts-{number}.txt").write_text(done.stdout)
    shutil.copy(authority, target / "ca.pem")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
