"""Whatever is valid says the same again once it has been written down."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from optipath_operator.resources import read_policy, read_provider
from optipath_operator.resources.base import Spec
from optipath_snapshot import Capability


def text(pattern: str) -> st.SearchStrategy[str]:
    return st.from_regex(pattern, fullmatch=True)


def some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """An object with any of these fields."""
    return st.fixed_dictionaries({}, optional=fields)


def named(entries: st.SearchStrategy[dict[str, Any]], most: int) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(entries, max_size=most, unique_by=lambda entry: str(entry["name"]))


money = text("(0|[1-9][0-9]{0,8})([.][0-9]{1,12})?")
fraction = text("0([.][0-9]{1,6})?|1([.]0{1,6})?")
model_name = text("[A-Za-z0-9][-A-Za-z0-9._:/@+]{0,20}")
label = text("[a-z0-9]([-a-z0-9]{0,20}[a-z0-9])?")
header = st.fixed_dictionaries({"name": text("x-[A-Za-z0-9]{1,10}"), "value": text("[!-~]([ -~]{0,20}[!-~])?")})
tokens = st.integers(1, 100_000_000)

requirements = st.fixed_dictionaries(
    {"key": label, "operator": st.sampled_from(["Exists", "DoesNotExist"])}
) | st.fixed_dictionaries(
    {
        "key": label,
        "operator": st.sampled_from(["In", "NotIn"]),
        "values": st.lists(label, min_size=1, max_size=3, unique=True),
    }
)
selectors = some(
    matchLabels=st.dictionaries(label, label, min_size=1, max_size=3),
    matchExpressions=st.lists(requirements, min_size=1, max_size=3),
).filter(bool)
sharings = st.fixed_dictionaries({}, optional={"from": st.sampled_from(["Same", "All"])}) | st.fixed_dictionaries(
    {"from": st.just("Selector"), "namespaceSelector": selectors}
)

models = st.builds(
    lambda name, rest: {"name": name, **rest},
    model_name,
    some(
        upstreamName=model_name,
        pricing=some(
            inputPerMTok=money,
            perImage=money,
            longContext=st.fixed_dictionaries(
                {"aboveInputTokens": tokens, "inputPerMTok": money, "outputPerMTok": money}
            ),
        ),
        contextWindow=tokens,
        capabilities=st.lists(st.sampled_from([each.value for each in Capability]), min_size=1, unique=True),
        quality=some(default=fraction, Code=fraction, QA=fraction),
    ),
)
providers = st.builds(
    lambda kind, rest, listed: {"type": kind, "models": listed, **rest},
    st.sampled_from(["OpenAI", "Groq", "OpenRouter"]),
    some(
        endpoint=some(
            url=text("https?://[a-z][a-z0-9]{0,10}(:[1-9][0-9]{0,3})?(/[a-z0-9]{1,5}){0,2}"),
            headers=named(header, 3),
            caBundleRef=st.fixed_dictionaries({"name": label, "key": text("[-._A-Za-z0-9]{1,20}")}),
        ),
        credentials=st.fixed_dictionaries({"keys": st.lists(label, min_size=1, max_size=3, unique=True)}),
        boundary=some(
            locality=st.sampled_from(["Cluster", "External"]), region=label, retention=st.sampled_from(["None", "7d"])
        ),
        limits=some(maxConcurrent=st.integers(1, 100_000)),
        sharing=sharings,
    ),
    named(models, 3).filter(bool),
)
targets = st.lists(
    st.builds(
        lambda names, rest: {**names, **rest},
        st.fixed_dictionaries({"provider": label, "model": model_name}),
        some(namespace=label, weight=st.integers(1, 1_000_000)),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda target: (target.get("namespace"), target["provider"], target["model"]),
)
words = st.sampled_from
conditions = some(
    models=st.lists(model_name, max_size=3, unique=True),
    headers=named(header, 3),
    inputTokens=st.fixed_dictionaries({"min": st.integers(0, 10)}, optional={"max": st.integers(10, 100_000_000)}),
    modalities=st.lists(words(["Text", "Image"]), min_size=1, unique=True),
    timeWindows=st.lists(
        some(
            days=st.lists(words(["Mon", "Sun"]), min_size=1, unique=True),
            **{"from": text("0[0-9]:[0-5][0-9]"), "to": text("1[0-9]:[0-5][0-9]") | st.just("24:00")},
            timeZone=words(["Europe/Berlin", "UTC", "America/New_York"]),
        ),
        min_size=1,
        max_size=3,
    ),
    languages=st.lists(text("[a-z]{2}"), min_size=1, max_size=4, unique=True),
    taskTypes=st.lists(words(["Code", "QA"]), min_size=1, unique=True),
    difficulty=st.fixed_dictionaries({"max": fraction}),
    timeliness=st.just(["Fresh"]),
    sensitivity=st.lists(words(["PII", "Secret"]), min_size=1, unique=True),
)
# One that names nothing, or only empty lists, says nothing.
telling = conditions.filter(lambda match: any(match.values()))


def around(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Conditions, and some around others."""
    several = st.lists(inner, min_size=1, max_size=2)
    nesting = some(all=several, any=several, **{"not": several})
    return st.builds(lambda plain, nested: plain | nested, conditions, nesting).filter(
        lambda match: any(match.values())
    )


boundaries = st.builds(
    lambda name, where, rest: {"name": name, **where, **rest},
    label,
    st.fixed_dictionaries({"retention": words(["None", "1d", "30d"])}) | st.just({"locality": "Cluster"}),
    some(sensitivity=st.just(["PII"]), regions=st.lists(label, min_size=1, max_size=2, unique=True)),
)
resiliences = some(
    requestTimeout=text("[1-9][0-9]{0,2}m[0-9]{1,2}s"),
    firstTokenTimeout=text("[1-9][0-9]{1,3}ms"),
    connectTimeout=text("[1-9]ms"),
    attempts=st.integers(2, 3),
    backoff=some(base=text("[1-9][0-9]{0,2}ms"), max=text("[1-9]s")),
    hedge=st.fixed_dictionaries({"after": text("p[5-9][0-9]|[1-9][0-9]?s")}),
)
limits = st.fixed_dictionaries(
    {"maxConcurrent": st.integers(1, 100_000)},
    optional={"queue": st.fixed_dictionaries({"length": st.integers(1, 10_000), "timeout": text("[1-9]s")})},
)
clamps = some(
    attempts=st.integers(1, 3),
    requestTimeout=text("[1-9]m"),
    firstTokenTimeout=text("[1-9]s"),
    idleTimeout=text("[1-9]s"),
    hedge=st.just("Never"),
    maxConcurrent=st.integers(1, 100_000),
    targets=st.lists(
        st.builds(
            lambda model, rest: {"model": model, **rest},
            text("[a-z*?-]{1,9}"),
            some(provider=label, namespace=label),
        ),
        min_size=1,
        max_size=3,
    ),
).filter(bool)
scopes = st.builds(
    lambda spoken, which: {**spoken, **which},
    st.just({"mode": "Defaults"}) | st.builds(lambda clamp: {"mode": "Overrides", "clamp": clamp}, clamps),
    some(tiers=st.lists(label, min_size=1, max_size=3, unique=True), namespaceSelector=selectors),
)
rules = st.builds(
    lambda name, strategy, listed, rest: {"name": name, "strategy": {strategy: {}}, "targets": listed, **rest},
    label,
    st.sampled_from(["ordered", "weighted", "roundRobin"]),
    targets,
    some(
        match=st.just({}) | around(around(telling)),
        resilience=resiliences,
    ),
)
policies = st.builds(
    lambda listed, rest, who: {"rules": listed, **rest, **who},
    named(rules, 3).filter(bool),
    some(
        priority=st.integers(0, 10_000),
        hints=words(["Allow", "Ignore"]),
        boundaries=named(boundaries, 3),
        resilience=resiliences,
        limits=limits,
    ),
    some(
        workloadSelector=st.fixed_dictionaries(
            {"matchLabels": st.dictionaries(label, st.just("") | label, min_size=1, max_size=3)}
        ),
    )
    | st.builds(lambda scope: {"scope": scope}, scopes),
)


def again(spec: Spec) -> dict[str, Any]:
    return {"kind": "Any", "metadata": {"name": "any"}, "spec": spec.model_dump(by_alias=True, mode="json")}


@given(providers)
def test_a_provider_survives_being_written_down(spec: dict[str, Any]) -> None:
    told = read_provider({"kind": "Any", "metadata": {"name": "any"}, "spec": spec}, strict=True)
    assert told.problems == ()
    assert told.resource is not None
    assert read_provider(again(told.resource.spec), strict=True) == told


@given(policies)
def test_a_policy_survives_being_written_down(spec: dict[str, Any]) -> None:
    told = read_policy({"kind": "Any", "metadata": {"name": "any"}, "spec": spec}, strict=True)
    assert told.problems == ()
    assert told.resource is not None
    assert read_policy(again(told.resource.spec), strict=True) == told
