"""Executes the notebooks from top to bottom: an assertion that fails, or any other error, ends it with exit code 1.

    python execute.py            # all of them
    python execute.py 03 --write # one of them, keeping what it printed and drew
"""

import argparse
import os
import pathlib
import sys
import time

import nbclient
import nbformat
from traitlets.config import Config

FOLDER = pathlib.Path(__file__).resolve().parent

# The matrices are small: a second thread costs more than it brings.
os.environ.setdefault("OMP_NUM_THREADS", "1")


def execute(path: pathlib.Path, write: bool) -> bool:
    """Whether the notebook ran to its end."""
    notebook = nbformat.read(path, as_version=4)
    begun = time.monotonic()
    client = nbclient.NotebookClient(
        notebook,
        timeout=300,
        record_timing=False,
        resources={"metadata": {"path": str(FOLDER)}},
        # The kernel listens on no port.
        config=Config({"KernelManager": {"transport": "ipc"}}),
    )
    try:
        client.execute()
    except nbclient.exceptions.CellExecutionError as error:
        print(f"{path.name}: {error}", file=sys.stderr)
        return False
    print(f"{path.name}: {time.monotonic() - begun:.0f} s", flush=True)
    if write:
        notebook.metadata["language_info"] = {"name": "python"}
        nbformat.write(notebook, path)
    return True


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("names", nargs="*", help="beginnings of notebooks' names; all without one")
    options.add_argument("--write", action="store_true", help="keep the outputs in the notebooks")
    chosen = options.parse_args()
    paths = [
        path for path in sorted(FOLDER.glob("*.ipynb")) if not chosen.names or path.name.startswith(tuple(chosen.names))
    ]
    if not paths:
        sys.exit(f"no notebook begins with {' or '.join(chosen.names)}")
    ran = [execute(path, chosen.write) for path in paths]
    sys.exit(0 if all(ran) else 1)


if __name__ == "__main__":
    main()
