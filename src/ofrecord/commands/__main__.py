"""`python -m ofrecord.commands`: the command without its script, as `ofrecord up` starts its processes."""

from ofrecord.commands.main import run

if __name__ == "__main__":
    run()
