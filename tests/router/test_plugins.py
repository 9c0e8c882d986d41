"""Strategies and recognisers of users' own."""

import importlib.util
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path
from types import ModuleType

import pytest

from optipath_router import plugins
from optipath_router.chat.features import Features, TaskType
from optipath_router.chat.request import ChatRequest
from optipath_router.classify.plugins import LABELS, Recognised, Recogniser
from optipath_router.decide import Decision, Health, decide, make_plan
from optipath_router.decide.rank import Candidate, Custom
from optipath_snapshot import Classifier, HighestQuality, Plugin
from support.builders import route, snapshot, target
from support.clock import Clock
from support.ranking import names, priced, quality
from support.requests import body, chat_request
from support.router import Files, running

EXAMPLE = Path(__file__).parents[2] / "deploy" / "examples" / "plugin"
CHEAP = target("acme/cheap", pricing=priced("1", "1"), quality=quality("0.5"))
GOOD = target("bell/good", pricing=priced("2", "2"), quality=quality("0.7"))
BEST = target("cora/best", pricing=priced("9", "9"), quality=quality("0.9"))
Strategy = Callable[[Features, Sequence[Candidate]], Sequence[float]]


def example(name: str) -> ModuleType:
    """A module of the template."""
    spec = importlib.util.spec_from_file_location(name, EXAMPLE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Failures(list[tuple[str, str]]):
    """What was counted."""

    def note(self, plugin: str, reason: str) -> None:
        self.append((plugin, reason))


def decided(custom: Custom | None, config: Mapping[str, str] | None = None) -> Decision:
    mine = Plugin(name="mine", config=dict(config or {}))
    made = snapshot(route("acme/cheap", "bell/good", "cora/best", strategy=mine), targets=[CHEAP, GOOD, BEST])
    return decide(Features("auto", 1000), make_plan(made, "sha256:0", {}, lambda _: custom), Health(), 0)


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The template, as if it had been installed."""
    monkeypatch.setitem(sys.modules, "thrifty", example("thrifty"))
    found = EntryPoints([EntryPoint("thrifty", "thrifty:make", plugins.STRATEGIES)])
    monkeypatch.setattr(
        plugins, "entry_points", lambda *, group: found if group == plugins.STRATEGIES else EntryPoints()
    )


@pytest.mark.row("E23", "C01")
@pytest.mark.usefixtures("installed")
def test_an_installed_strategy_ranks_as_its_config_says() -> None:
    first = {}
    for at_most in ("1", "3", "10"):
        named = Plugin(name="thrifty", config={"atMost": at_most})
        first[at_most] = names(decided(plugins.strategy(named, Failures().note, Clock())))[0]
    assert first == {"1": "acme/cheap", "3": "bell/good", "10": "cora/best"}


@pytest.mark.row("A33")
@pytest.mark.usefixtures("installed")
def test_its_scores_stand_in_the_decision_beside_what_it_was_told() -> None:
    decision = decided(plugins.strategy(Plugin(name="thrifty"), Failures().note, Clock()))
    assert decision.strategy == "plugin"
    assert [scored.total for scored in decision.scored] == pytest.approx([0.7, 0.5, -0.1])
    assert [part.name for part in decision.scored[0].parts] == ["mine", "cost", "latency", "quality", "reliability"]


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("named", "reason"),
    [(Plugin(name="nobody"), "missing"), (Plugin(name="thrifty", config={"atMost": "0"}), "raised")],
    ids=["one that is not installed", "one that cannot be made"],
)
def test_one_that_is_not_there_is_counted_and_the_rule_goes_on_as_written(named: Plugin, reason: str) -> None:
    failures = Failures()
    decision = decided(plugins.strategy(named, failures.note, Clock()))
    assert failures == [(named.name, reason)]
    assert names(decision) == ["acme/cheap", "bell/good", "cora/best"]
    assert decision.strategy == "ordered, for plug-in 'mine' is of no use now"


def raising(_: Features, __: Sequence[Candidate]) -> Sequence[float]:
    raise RuntimeError("no")


WRONG: dict[str, tuple[Strategy, str]] = {
    "one that raises": (raising, "raised"),
    "too few scores": (lambda _, __: [1.0], "wrong"),
    "no number": (lambda _, candidates: [float("nan")] * len(candidates), "wrong"),
    "words": (lambda _, candidates: ["much"] * len(candidates), "raised"),  # type: ignore[list-item]  # as users will
}


@pytest.mark.row("A33")
@pytest.mark.parametrize(("custom", "reason"), WRONG.values(), ids=WRONG)
def test_one_that_fails_leaves_the_order_as_written_and_is_counted_each_time(custom: Strategy, reason: str) -> None:
    failures = Failures()
    guarded = plugins.guarded("mine", custom, failures.note, Clock())
    for _ in range(2):
        assert names(decided(guarded)) == ["acme/cheap", "bell/good", "cora/best"]
    assert failures == [("mine", reason)] * 2


def test_one_that_is_slow_three_times_in_a_row_is_switched_off() -> None:
    clock, failures, calls = Clock(), Failures(), []

    def slow(_: Features, candidates: Sequence[Candidate]) -> Sequence[float]:
        calls.append("")
        clock.advance(0.006 if len(calls) != 3 else 0.001)
        return [float(place) for place in range(len(candidates))]

    guarded = plugins.guarded("mine", slow, failures.note, clock)
    first = [names(decided(guarded))[0] for _ in range(8)]
    assert first == ["cora/best"] * 6 + ["acme/cheap"] * 2
    assert (len(calls), failures) == (6, [("mine", "slow")])


@pytest.mark.row("A35")
def test_the_template_conforms() -> None:
    kit = example("conformance")
    assert [said for said in kit.complaints(example("thrifty").make, {"atMost": "3"}) if "µs" not in said] == []


def test_the_kit_finds_what_is_wrong() -> None:
    kit = example("conformance")
    assert any(
        "not finite" in said for said in kit.complaints(lambda _: lambda _, each: [float("inf")] * len(each), {})
    )
    assert any("other scores" in said for said in kit.complaints(lambda _: lambda _, each: list(range(len(each))), {}))
    assert any("0 scores" in said for said in kit.complaints(lambda _: lambda _, __: [], {}))


LIKE_CODE = Recognised(tasks={"Code": 3.0, "Chat": 1.0}, difficulty=0.25, domain="databases", language="en")


def seen_by(recogniser: Recogniser, failures: Failures, clock: Clock | None = None) -> Features:
    refine = plugins.recognising("mine", recogniser, failures.note, clock or Clock())
    return refine(chat_request(), Features("small", 9, difficulty=0.5, seen={"language": "script"}))


@pytest.mark.row("E26", "D15")
def test_what_a_recogniser_sees_takes_the_place_of_what_we_see_and_says_so() -> None:
    seen = seen_by(lambda _, __: LIKE_CODE, Failures())
    assert seen.tasks == ((TaskType.CODE, 0.75), (TaskType.CHAT, 0.25))
    assert (seen.difficulty, seen.domain, seen.language) == (0.25, "databases", "en")
    assert seen.seen == dict.fromkeys(("tasks", "difficulty", "domain", "language"), "plug-in mine")


def test_where_a_recogniser_says_nothing_ours_stays() -> None:
    ours = Features("small", 9, difficulty=0.5, seen={"language": "script"})
    assert seen_by(lambda _, __: None, Failures()) == ours
    assert seen_by(lambda _, __: Recognised(), Failures()) == ours


NONSENSE: dict[str, Recognised] = {
    "a task type that there is not": Recognised(tasks={"Juggling": 1.0}),
    "no probability": Recognised(tasks={"Code": 0.0}),
    "a probability below nothing": Recognised(tasks={"Code": -1.0, "Chat": 2.0}),
    "a difficulty beyond all bounds": Recognised(difficulty=1.5),
    "an empty domain": Recognised(domain=""),
    "labels of another version": Recognised(tasks={"Code": 1.0}, labels=LABELS + 1),
}


@pytest.mark.row("E26")
@pytest.mark.parametrize("said", NONSENSE.values(), ids=NONSENSE)
def test_what_no_feature_can_be_is_dropped_and_counted(said: Recognised) -> None:
    failures = Failures()
    assert seen_by(lambda _, __: said, failures).difficulty == 0.5
    assert failures == [("mine", "wrong")]


def test_a_recogniser_that_raises_changes_nothing() -> None:
    def raises(_: ChatRequest, __: Features) -> Recognised:
        raise RuntimeError("no")

    failures = Failures()
    assert seen_by(raises, failures).difficulty == 0.5
    assert failures == [("mine", "raised")]


def test_the_template_s_recogniser_tells_a_task_from_the_system_prompt() -> None:
    recognise = example("spotter").make({"Code": "SQL"})
    system = {"role": "system", "content": "You write sql."}
    found = recognise(chat_request(messages=[system]), Features("small", 9))
    assert found == Recognised(tasks={"Code": 1.0})
    assert recognise(chat_request(), Features("small", 9)) is None


@pytest.mark.row("E26")
async def test_a_policy_s_recogniser_is_asked_in_the_pods_that_it_is_for(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "spotter", example("spotter"))
    found = EntryPoints([EntryPoint("spotter", "spotter:make", plugins.CLASSIFIERS)])
    monkeypatch.setattr(plugins, "entry_points", lambda *, group: found if group == plugins.CLASSIFIERS else [])
    by_task = target("acme/coder", quality=quality("0.5", Code="0.9")), target("acme/other", quality=quality("0.6"))
    asked = body("auto", messages=[{"role": "system", "content": "Frobnicate it."}])
    first = {}
    for app in ("chat", "batch"):
        spotter = Classifier(name="spotter", config={"Code": "frobnicate"}, workload={"app": "chat"})
        rule = route("acme/coder", "acme/other", strategy=HighestQuality())
        files.put(snapshot(rule, targets=by_task, classifiers=(spotter,)))
        files.labels(app=app)
        async with running(files.settings()) as router:
            url = f"{router.url}/optipath/explain"
            told = await router.http.post(url, content=asked, headers={"content-type": "application/json"})
        first[app] = told.json()["ranking"][0]
    assert first == {"chat": "acme/coder", "batch": "acme/other"}
