"""`optipath explain`."""

import json
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from optipath_cli.main import main
from optipath_cli.simulator import Simulator
from support.requests import body
from support.router import Files, program
from support.workbench import Manifest, policy, provider, workbench, write

ROOT = Path(__file__).parents[2]
DRAW = "0123456789abcdef"
ACME = provider("https://acme.example/v1", models={"small": "small", "large": "large"})


def explained(*arguments: str | Path, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["explain", *map(str, arguments)], input=stdin)


@pytest.fixture
def chat(tmp_path: Path) -> Path:
    return write(tmp_path / "chat.yaml", ACME, policy("acme/small", "acme/large"))


def test_a_prompt_is_explained_in_plain_lines(chat: Path) -> None:
    result = explained(chat, "What is a router?", "--model", "assistant", "--draw", DRAW)
    *lines, snapshot, draw = result.stdout.splitlines()
    assert lines == [
        "request   model 'assistant', about 12 tokens in, no limit out",
        "needs     Chat",
        "rule      default/chat@1 rule: matches",
        "decided   by rule 'rule' of default/chat@1, strategy ordered",
        "ranking   1. acme/small",
        "ranking   2. acme/large",
        "patience  3 attempts, 600 s for all of it",
    ]
    assert re.fullmatch("snapshot  sha256:[0-9a-f]{64}", snapshot)
    assert draw == f"draw      {DRAW}"
    assert (result.exit_code, result.stderr) == (0, "")


def test_a_prompt_may_be_longer_than_a_file_s_name(chat: Path) -> None:
    result = explained(chat, "Why? " * 1000, "--model", "assistant")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "ranking   1. acme/small" in result.stdout


def test_on_a_terminal_it_has_colour(chat: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[1mranking " in explained(chat, "Hello", "--model", "assistant").stdout


def test_who_is_left_out_has_a_reason(tmp_path: Path) -> None:
    deaf = provider("https://deaf.example/v1", "deaf")
    deaf["spec"]["models"][0]["capabilities"] = ["Chat"]
    files = write(tmp_path / "in.yaml", ACME, deaf, policy("deaf/small", "acme/small"))
    request = body("assistant", tools=[{"type": "function"}])
    said = explained(files, "--request", "-", stdin=request).stdout
    assert "ranking   1. acme/small" in said
    assert "left out  deaf/small: capability, the request needs Tools" in said


@pytest.mark.row("B30")
def test_without_a_policy_a_model_is_asked_for_by_its_name(tmp_path: Path) -> None:
    said = explained(write(tmp_path / "in.yaml", ACME), "Hello", "--model", "large").stdout
    assert "decided   by name: no rule matches, and 'large' is a declared model" in said
    assert "ranking   1. acme/large" in said


def test_that_nobody_has_such_a_model_is_an_explanation_too(chat: Path) -> None:
    result = explained(chat, "Hello", "--model", "asistant")
    assert result.exit_code == 0
    assert "rule      default/chat@1 rule: models: " in result.stdout
    assert "no provider declares 'asistant'; the nearest names are assistant" in result.stdout
    assert "ranking   nobody" in result.stdout


def test_headers_and_labels_count(tmp_path: Path) -> None:
    by_header, by_label = policy("acme/large", name="a"), policy("acme/small", name="b")
    by_header["spec"]["rules"][0]["match"] = {"headers": [{"name": "x-team", "value": "search"}]}
    by_label["spec"]["workloadSelector"] = {"matchLabels": {"app": "chat"}}
    files = write(tmp_path / "in.yaml", ACME, by_header, by_label)
    ask = (files, "Hello", "--model", "assistant")
    assert "1. acme/large" in explained(*ask, "--header", "X-Team=search").stdout
    assert "1. acme/small" in explained(*ask, "--labels", "app=chat").stdout
    assert "nobody" in explained(*ask).stdout


def test_a_request_comes_from_a_file_or_from_standard_input(chat: Path, tmp_path: Path) -> None:
    (tmp_path / "request.json").write_bytes(body("assistant"))
    from_file = explained(chat, "--request", tmp_path / "request.json", "--draw", DRAW)
    from_stdin = explained(chat, "--request", "-", "--draw", DRAW, stdin=body("assistant"))
    assert from_file.stdout == from_stdin.stdout
    assert "rule      default/chat@1 rule: matches" in from_file.stdout


def test_problems_are_told_and_the_rest_explained(tmp_path: Path) -> None:
    result = explained(
        write(tmp_path / "in.yaml", ACME, policy("acme/small", "acme/tiny")), "Hi", "--model", "assistant"
    )
    assert result.exit_code == 0
    assert result.stderr.startswith("unresolved: RoutingPolicy default/chat")
    assert "1. acme/small" in result.stdout


def balanced(tmp_path: Path) -> Path:
    acme = provider("https://acme.example/v1", models={"small": "small", "large": "large"})
    for model, (dollars, quality) in zip(acme["spec"]["models"], (("1", "0.6"), ("10", "0.9")), strict=True):
        model |= {"pricing": {"inputPerMTok": dollars, "outputPerMTok": dollars}, "quality": {"default": quality}}
    weighed = policy("acme/small", "acme/large")
    weighed["spec"]["rules"][0]["strategy"] = {"balanced": {"cost": "0.5", "quality": "0.5"}}
    return write(tmp_path / "balanced.yaml", acme, weighed)


@pytest.mark.row("A19", "E06", "B28")
def test_scores_stand_in_a_table_with_where_they_come_from(tmp_path: Path) -> None:
    said = explained(balanced(tmp_path), "Hello", "--model", "assistant").stdout
    heading, small, large, _, *where = said.splitlines()[-8:]
    assert heading.split("  ")[-1].strip() == "total"
    # An easy question, at which the small one is nearly as good.
    assert re.match(r"1\.  acme/small  \$0\.00022\d → 0\.6\d\d  .*  0\.836 → 0\.836  .*  0\.72\d$", small)
    assert re.match(r"2\.  acme/large  \$0\.0022\d → 0\.44\d  .*  0\.968 → 0\.968  .*  0\.70\d$", large)
    assert where == [
        "cost         prices times expected tokens",
        "latency      what is usual, for too little is measured",
        "quality      as declared, moved by difficulty: whose and of when is not said",
        "reliability  what is usual, for too little is measured",
    ]


@pytest.mark.row("E15")
def test_a_declared_score_says_whose_it_is_and_of_when(tmp_path: Path) -> None:
    acme = provider("https://acme.example/v1", models={"small": "small", "gpt-4o-mini": "large"})
    acme["spec"]["models"][0] |= {
        "quality": {"default": "0.6"},
        "qualitySource": {"name": "our own evaluation", "date": "2026-10-01"},
    }
    best = policy("acme/small", "acme/gpt-4o-mini")
    best["spec"]["rules"][0]["strategy"] = {"highestQuality": {}}
    files = write(tmp_path / "best.yaml", acme, best)
    prompt = "A farmer sells 12 eggs a day at $2 each for 7 days and spends $30 on feed. How much money does she keep?"
    said = explained(files, prompt, "--model", "assistant").stdout
    assert "as declared, moved by difficulty: our own evaluation, 2026-10-01 (acme/small)" in said
    assert "what the routing model knows of it: benchmarks recorded in 2023 and 2024 (acme/gpt-4o-mini)" in said
    told = json.loads(explained(files, prompt, "--model", "assistant", "--json").stdout)
    judged = {each["target"]: each["parts"][0]["judged"] for each in told["scored"]}
    assert judged["acme/small"] == "our own evaluation, 2026-10-01"


def test_why_not_compares_a_target_with_the_first(tmp_path: Path) -> None:
    said = explained(balanced(tmp_path), "Hello", "--model", "assistant", "--why-not", "acme/large").stdout
    assert "why not   it comes 2nd of 2, after acme/small" in said
    other = explained(balanced(tmp_path), "Hello", "--model", "assistant", "--why-not", "acme/tiny", "--json").stdout
    assert json.loads(other)["why_not"] == {
        "target": "acme/tiny",
        "because": ["acme/tiny is not among the targets of rule 'rule' of default/chat@1"],
    }


@pytest.mark.row("D01")
def test_an_alias_needs_no_policy(tmp_path: Path) -> None:
    said = explained(write(tmp_path / "in.yaml", ACME), "Hello", "--model", "auto").stdout
    assert "decided   by alias 'auto' over all targets: no rule matches; strategy balanced" in said
    assert "ranking   1. acme/" in said


WRONG = {
    "no prompt": ((), "say what is asked"),
    "no JSON": (("--request", "-"), "the request is not JSON"),
    "a model for a request": (("--request", "-", "--model", "x"), "--model goes with a PROMPT"),
    "a draw that is none": (("Hello", "--draw", "xyz"), "'xyz' is not a number of up to 16 hexadecimal digits"),
    "a header that is none": (("Hello", "--header", "x"), "'x' is not NAME=VALUE"),
}


@pytest.mark.parametrize(("arguments", "message"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_explained_is_refused(chat: Path, arguments: tuple[str, ...], message: str) -> None:
    result = explained(chat, *arguments, stdin=b"{")
    assert result.exit_code != 0
    assert message in result.stderr


def test_a_rule_that_takes_turns_is_explained_at_any_turn(tmp_path: Path) -> None:
    acme = provider("http://127.0.0.1:1/v1", models={"one": "ok", "two": "ok", "three": "ok"})
    file = write(tmp_path / "in.yaml", acme, policy("acme/one", "acme/two", "acme/three", strategy="roundRobin"))
    first = [
        json.loads(explained(file, "Hello", "--model", "assistant", "--turn", str(turn), "--json").stdout)["ranking"][0]
        for turn in range(4)
    ]
    assert first == ["acme/one", "acme/two", "acme/three", "acme/one"]


@pytest.mark.row("C23", "A44")
async def test_the_sidecar_decides_the_same_of_the_same(tmp_path: Path) -> None:
    async with Simulator() as simulator:
        mixed = write(tmp_path / "in.yaml", *weighted(simulator.url))
        snapshot = CliRunner().invoke(main, ["compile", str(mixed)]).stdout_bytes
        files = Files(tmp_path)
        (tmp_path / "snapshot").mkdir()
        (tmp_path / "snapshot" / "snapshot.json").write_bytes(snapshot)
        async with program(files.environment()) as sidecar, workbench(mixed) as run:
            for router in (sidecar.router, run.router):
                for model in ("assistant", "assistant", "assistant", "large", "nobody"):
                    answer = await router.ask(model)
                    made = (await router.decision(answer))["decision"]
                    by = ("--draw", made["draw"], "--turn", str(made["turn"]))
                    again = json.loads(explained(mixed, "Hello", "--model", model, *by, "--json").stdout)
                    # Which version of its health view a router had says nothing of the decision.
                    assert again | {"health": 0} == made | {"health": 0}


def weighted(url: str) -> list[Manifest]:
    names = [f"model-{number}" for number in range(8)]
    acme = provider(url, models=dict.fromkeys([*names, "large"], "ok"))
    return [acme, policy(*(f"acme/{name}" for name in names), strategy="weighted")]


COMMANDS = [
    pytest.param(line.strip("# \n"), id=path.stem)
    for path in sorted((ROOT / "deploy" / "examples").rglob("*.yaml"))
    for line in path.read_text().splitlines()
    if line.startswith("#   optipath explain ")
]


@pytest.mark.parametrize("command", COMMANDS)
def test_what_an_example_tells_to_type_works(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    _, _, *arguments = shlex.split(command)
    result = explained(*arguments)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "ranking   1. " in result.stdout
