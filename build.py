#!/usr/bin/env python3
"""Turn plan.yaml into a handbook: linked HTML pages and structure diagrams in output/.

    python3 build.py            build the handbook
    python3 build.py check      report errors, write nothing
    python3 build.py serve      show the handbook in a browser, rebuild it after each save
    python3 build.py release    add the addresses to be published to addresses.txt
    python3 build.py schema     write the schema of the plan for editors
    python3 build.py diff BASE  compare with a revision, a file or a folder
    python3 build.py import F   make a plan.yaml from a table or from exported data
    python3 build.py test       run the tests

Needs only Python 3.11: missing packages are installed into .venv in the folder of this file on the first run.
"""

from __future__ import annotations

import os
import sys

if sys.version_info < (3, 11):  # noqa: UP036  # an old Python gets a message, not a traceback
    sys.exit("Python 3.11 以上が必要です（いまは {}.{} です）".format(*sys.version_info[:2]))

if __name__ == "__main__":
    try:
        from handbook import interrupts

        interrupts.install()
    except KeyboardInterrupt:  # in the first milliseconds, before there is a handler
        sys.stderr.write("\n途中でやめました。output/ は前のままです。\n")
        sys.stderr.flush()
        os._exit(130)

    from handbook import cli  # after the handlers, since these imports take most of the start

    sys.exit(cli.main(sys.argv[1:]))
