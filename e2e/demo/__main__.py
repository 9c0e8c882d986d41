"""`python -m e2e.demo`: play the story. `--keep`: set the stage, and leave it to you."""

import argparse
import signal
import sys
import time
from textwrap import indent

import openai

from e2e.demo.stage import Program, Stage, Unexpected, stage
from e2e.demo.steps import STEPS


def main() -> int:
    """Run the demo; 0 only if every step held."""
    parser = argparse.ArgumentParser(prog="python -m e2e.demo", description=__doc__)
    parser.add_argument("--keep", action="store_true", help="keep providers and router up, on their usual ports")
    keep = parser.parse_args().keep
    # SIGTERM leaves by the same door as Ctrl-C: what was started is stopped.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    try:
        with stage(standard_ports=keep) as there:
            return invite(there) if keep else play(there)
    except Unexpected as unexpected:
        print(f"FAILED: {unexpected}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0 if keep else 130


def play(there: Stage) -> int:
    """Play the steps, each in a line of what it shows and one of what was seen."""
    began = time.monotonic()
    print(f"Three providers made of paper, and a router at {there.url}\n")
    for number, step in enumerate(STEPS, start=1):
        print(f"{number}. {step.__doc__}", flush=True)
        try:
            seen = step(there)
        except (Unexpected, openai.OpenAIError) as problem:
            print(f"   FAILED: {problem}\n\nThe router said:\n{indent(there.router.text, '   ')}")
            return 1
        print(indent(seen, "   ") + "\n", flush=True)
    print(
        f"All {len(STEPS)} steps held, in {time.monotonic() - began:.0f} seconds. `make run` keeps it up to play with."
    )
    return 0


def invite(there: Stage) -> int:
    """Say what there is to try, and show what the router says, until Ctrl-C."""
    acme = there.providers["acme"]
    print(
        f"""\
Ask:
  curl -i {there.url}/chat/completions -H 'content-type: application/json' \\
    -d '{{"model": "assistant", "messages": [{{"role": "user", "content": "What is a router?"}}]}}'
Edit, and ask again:
  {there.policies}
Make a provider fail, and mend it:
  curl {acme}/map -d '{{"small": "e503"}}'
  curl {acme}/map -d '{{"small": "ok"}}'
Explain:
  optipath explain {there.manifests} "What is a router?" --model code

Ctrl-C stops it. The router says:
""",
        flush=True,
    )
    return follow(there.router)


def follow(program: Program) -> int:
    """Show what a program says, for as long as it runs."""
    shown = 0
    while program.process.poll() is None:
        text = program.text
        print(text[shown:], end="", flush=True)
        shown = len(text)
        time.sleep(0.1)
    raise Unexpected(f"the router ended with: {program.text[shown:]}")


if __name__ == "__main__":
    sys.exit(main())
