"""`optipath eval`, on recordings whose every figure can be worked out by hand.

In tiny.jsonl there are 20 prompts, each longer than the one before. `large`, for 1 cent, is right on 1 to 16; `middle`,
for a fifth of that, on 1 to 12; `small`, for a tenth, on 1 to 6 and on 17 and 18.
"""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner, Result

from optipath_cli.main import main
from support.wire import FIXTURES
from support.workbench import Manifest, policy, provider, write

TINY = Path(__file__).parent / "recordings" / "tiny.jsonl"
ROUTING = FIXTURES / "routing"
recorded = pytest.mark.skipif(not ROUTING.is_dir(), reason=f"no recorded outcomes in {ROUTING}")
SVG = "{http://www.w3.org/2000/svg}"


def evaluated(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["eval", *map(str, arguments), "--draws", "20"])


def figures(*arguments: str | Path) -> dict[str, Any]:
    result = evaluated(*arguments, "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def strategies(found: dict[str, Any]) -> dict[str, Any]:
    return {each["name"]: each for each in found["strategies"]}


def priced(**quality: str) -> Manifest:
    """A provider of the three models at prices that their recorded costs suggest."""
    made = provider("https://acme.example/v1", models=dict.fromkeys(quality, ""))
    prices = {"large": "10", "middle": "2", "small": "1"}
    made["spec"]["models"] = [
        {
            "name": name,
            "quality": {"default": value},
            "pricing": {"inputPerMTok": prices[name], "outputPerMTok": prices[name]},
        }
        for name, value in quality.items()
    ]
    return made


@pytest.mark.row("B17", "B02", "D23")
def test_every_figure_of_a_strategy_is_that_of_the_recorded_outcomes() -> None:
    turns = strategies(figures(TINY, "--strategy", "roundRobin"))["roundRobin"]
    # In turn large, middle, small: right on six of 1, 4 … 19, four of 2, 5 … 20, and on 3, 6 and 18.
    assert turns["calls"] == {"large": 7, "middle": 7, "small": 6}
    assert turns["quality"]["value"] == pytest.approx(13 / 20)
    assert turns["cost"]["value"] == pytest.approx((7 * 0.010 + 7 * 0.002 + 6 * 0.001) / 20)
    assert turns["regret"]["value"] == pytest.approx(18 / 20 - 13 / 20)
    assert turns["quality_lost_against_strongest"]["value"] == pytest.approx(16 / 20 - 13 / 20)
    assert turns["cost_saved_against_strongest"]["value"] == pytest.approx(1 - 0.0045 / 0.010)
    # Of random mixtures, three in four to middle and one to large is the cheapest that is as good.
    assert turns["cost_share_at_equal_quality"] == pytest.approx(0.0045 / 0.004)


def test_baselines_stand_beside_it() -> None:
    found = strategies(figures(TINY, "--strategy", "eco"))
    assert [name for name, each in found.items() if each["baseline"]] == [
        "always strong",
        "always cheap",
        "random",
        "longer half strong",
        "oracle",
    ]
    assert found["always strong"]["calls"] == {"large": 20}
    assert found["always cheap"]["calls"] == found["eco"]["calls"] == {"small": 20}
    # The longer half are 11 to 20, of which large knows six; small knows six of the others.
    assert found["longer half strong"]["quality"]["value"] == pytest.approx(12 / 20)
    assert found["oracle"]["calls"] == {"small": 10, "middle": 6, "large": 4}
    assert found["oracle"]["quality"]["value"] == pytest.approx(18 / 20)
    assert found["oracle"]["regret"]["value"] == 0


@pytest.mark.row("B02", "D23", "E20")
def test_a_saving_is_said_with_the_quality_that_it_took_and_where() -> None:
    lines = evaluated(TINY, "--strategy", "eco").stdout.splitlines()
    (said,) = (line for line in lines if line.startswith("eco: "))
    assert said.startswith("eco: 90% [90%, 90%] cheaper and 0.400 [")
    assert said.endswith("] worse than always large (on tiny, 20 prompts)")


@pytest.mark.row("B17")
def test_the_same_seed_gives_the_same_bytes_and_another_gives_other_intervals() -> None:
    first, again, other = (evaluated(TINY, "--json", "--seed", seed).stdout for seed in ("1", "1", "2"))
    assert first == again
    one, two = (strategies(json.loads(each))["always strong"]["quality"] for each in (first, other))
    assert one["value"] == two["value"]
    assert (one["low"], one["high"]) != (two["low"], two["high"])


def test_declared_quality_decides_where_nothing_else_is_known(tmp_path: Path) -> None:
    manifests = write(tmp_path / "a.yaml", priced(large="0.5", middle="0.9", small="0.2"))
    found = strategies(figures(TINY, "--policy", manifests, "--strategy", "premium"))
    assert found["premium"]["calls"] == {"middle": 20}


def test_a_policy_is_replayed_as_it_is_written_but_for_models_that_were_not_recorded(tmp_path: Path) -> None:
    acme = priced(large="0.9", middle="0.7", small="0.5")
    acme["spec"]["models"].append({"name": "unheard-of"})
    manifests = write(
        tmp_path / "a.yaml", acme, policy("acme/unheard-of", "acme/middle", "acme/large", alias="anything")
    )
    result = evaluated(TINY, "--policy", manifests, "--strategy", "policy", "--model", "anything")
    assert result.exit_code == 0, result.output
    assert "middle 20" in result.stdout
    assert "left out, for nothing is recorded of them: acme/unheard-of" in result.stderr


def test_a_floor_turned_up_is_a_curve_from_the_cheapest_to_the_best(tmp_path: Path) -> None:
    manifests = write(tmp_path / "a.yaml", priced(large="0.9", middle="0.7", small="0.5"))
    found = figures(TINY, "--policy", manifests, "--strategy", "eco")
    (floor,) = (each for each in found["curves"] if each["name"] == "costWithin")
    ends = [(point["cost"], point["quality"]) for point in (floor["points"][0], floor["points"][-1])]
    assert ends == [(pytest.approx(0.001), pytest.approx(0.4)), (pytest.approx(0.010), pytest.approx(0.8))]


def test_two_models_are_told_by_what_an_order_recovers(tmp_path: Path) -> None:
    rows = [json.loads(line) for line in TINY.read_text().splitlines()]
    for row in rows:
        del row["outcomes"]["middle"]
    pair = tmp_path / "pair.jsonl"
    pair.write_text("\n".join(map(json.dumps, rows)))
    orders = {each["name"]: each for each in figures(pair)["orders"]}
    # Ten prompts gain by large, eight do not care, two lose: 1.25 of the gap after half of them, and 1 at the end.
    assert orders["oracle"]["apgr"]["value"] == pytest.approx(0.925)
    assert orders["oracle"]["cpt50"]["value"] == pytest.approx(20)
    assert orders["oracle"]["cpt80"]["value"] == pytest.approx(32)
    # Longest first: 20 and 19 gain nothing, 18 and 17 lose, then ten gain.
    curve = [0, 0, -0.25, 0, 0.25, 0.5, 0.75, 1, 1, 1, 1]
    assert orders["length"]["apgr"]["value"] == pytest.approx((sum(curve) - 0.5) / 10)
    # Neither name is one that the routing model knows.
    assert "expected gap" not in orders


def test_the_plot_is_well_formed_and_its_marks_are_where_they_belong(tmp_path: Path) -> None:
    plotted = tmp_path / "tiny.svg"
    found = strategies(figures(TINY, "--strategy", "roundRobin", "--plot", plotted))
    root = ET.parse(plotted).getroot()
    singles = {
        each.findtext(f"{SVG}title"): each for each in root.iter(f"{SVG}circle") if each.get("class") == "single"
    }
    assert sorted(str(title) for title in singles) == [
        "large: 0.8000 for $10 a thousand",
        "middle: 0.6000 for $2 a thousand",
        "small: 0.4000 for $1 a thousand",
    ]
    large, middle, small = (
        (float(each.get("cx", "")), float(each.get("cy", ""))) for _, each in sorted(singles.items(), key=str)
    )
    assert small[0] < middle[0] < large[0]
    assert small[1] - middle[1] == pytest.approx(middle[1] - large[1], abs=0.2)
    # A tenth of the cost is as far as log 10, a half as far as log 2.
    assert (large[0] - small[0]) / (middle[0] - small[0]) == pytest.approx(1 / 0.30103, rel=0.01)
    (turns,) = (each for each in root.iter(f"{SVG}polygon") if each.get("class") == "routed")
    assert turns.findtext(f"{SVG}title") == "roundRobin: 0.6500 for $4.5 a thousand"
    assert found["roundRobin"]["quality"]["value"] == pytest.approx(0.65)
    assert {"large", "middle", "small", "oracle", "roundRobin"} <= {each.text for each in root.iter(f"{SVG}text")}


def test_prompts_that_the_routing_model_was_trained_on_are_pointed_out(tmp_path: Path) -> None:
    taught = tmp_path / "copy.jsonl"
    taught.write_text(TINY.read_text().replace('"dataset": "tiny"', '"dataset": "mmlu-pro"'))
    assert (
        "caution      20 prompts may be among those that the routing model was trained on" in evaluated(taught).stdout
    )
    assert "trained on none of these prompts" in evaluated(TINY).stdout


@pytest.mark.row("B20")
def test_presets_cost_more_the_more_they_promise(tmp_path: Path) -> None:
    manifests = write(tmp_path / "a.yaml", priced(large="0.95", middle="0.7", small="0.5"))
    asked = [json.loads(line)["prompt"] for line in TINY.read_text().splitlines()]
    asked += ["Prove that there are infinitely many primes of the form 4n + 3, step by step.", "Hi!"]
    trace = tmp_path / "trace.jsonl"
    bodies = [{"model": "any", "messages": [{"role": "user", "content": prompt}]} for prompt in asked]
    trace.write_text("\n".join(map(json.dumps, bodies)))
    found = figures("--trace", trace, "--policy", manifests)
    eco, balanced, premium = found["trace"]
    assert eco["cost"] <= balanced["cost"] < premium["cost"]
    assert eco["quality"] <= balanced["quality"] < premium["quality"]
    assert found["trace_rises"] is True
    assert (eco["calls"], premium["calls"]) == ({"acme/small": 22}, {"acme/large": 22})
    assert "eco ≤ balanced ≤ premium: holds" in evaluated("--trace", trace, "--policy", manifests).stdout


BAD = {
    "no JSON": ("{", "2: is no JSON"),
    "a score out of range": (
        '{"prompt": "a", "outcomes": {"x": {"score": 3, "cost_usd": 0}}}',
        "2: outcomes of 'x': score is 3",
    ),
    "a cost below nothing": ('{"prompt": "a", "outcomes": {"x": {"score": 1, "cost_usd": -1}}}', "cost_usd is -1"),
    "no cost": ('{"prompt": "a", "outcomes": {"x": {"score": 1}}}', "cost_usd is None, and must be a number"),
    "no outcomes": ('{"prompt": "a"}', "2: outcomes must name each model"),
    "other models": ('{"prompt": "a", "outcomes": {"y": {"score": 1, "cost_usd": 0}}}', "this differs in x, y"),
    "no prompt": ('{"outcomes": {"x": {"score": 1, "cost_usd": 0}}}', "2: prompt is None"),
}


@pytest.mark.parametrize(("line", "said"), BAD.values(), ids=BAD)
def test_a_bad_line_is_named_with_what_is_wrong(tmp_path: Path, line: str, said: str) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"prompt": "a", "outcomes": {"x": {"score": 1, "cost_usd": 0}}}\n' + line)
    result = evaluated(bad)
    assert result.exit_code == 1
    assert f"{bad}:2: " in result.stderr
    assert said in result.stderr


def test_what_cannot_be_done_is_said(tmp_path: Path) -> None:
    manifests = write(tmp_path / "a.yaml", provider("https://acme.example/v1", models={"other": ""}))
    assert "say what to replay" in evaluated().stderr
    assert "No such file" in evaluated(tmp_path / "gone.jsonl").stderr
    assert (
        "is neither an alias (auto, eco, balanced, premium) nor a strategy"
        in evaluated(TINY, "--strategy", "best").stderr
    )
    assert "--strategy policy needs --policy" in evaluated(TINY, "--strategy", "policy").stderr
    assert "none of the manifests' models is recorded in 'tiny'" in evaluated(TINY, "--policy", manifests).stderr
    assert "`make folds` writes them" in evaluated(TINY, "--folds", tmp_path).stderr
    assert "--trace needs --policy" in evaluated("--trace", TINY).stderr
    assert f"{TINY}:1: is no chat request" in evaluated("--trace", TINY, "--policy", manifests).stderr


@recorded
@pytest.mark.row("B02", "B17")
def test_a_recorded_pool_is_replayed_whole() -> None:
    found = figures(ROUTING / "routerbench-1pct.jsonl.gz", "--strategy", "auto")
    assert found["prompts"] == 180
    auto = strategies(found)["auto"]
    assert sum(auto["calls"].values()) + auto["unserved"] == 180
    assert auto["cost_saved_against_strongest"]["value"] > 0.3
    assert found["prompts_seen_in_training"] == 180
