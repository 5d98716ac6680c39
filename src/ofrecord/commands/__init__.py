"""The `ofrecord` command: each file is one verb; it reads words from a terminal and calls what does the work.

Knows flows and the machine; must never decide anything itself. Promises: `--help` is quick, a refusal is one
sentence, and exit codes mean something: 0 done, 1 refused, 2 not understood.
"""
