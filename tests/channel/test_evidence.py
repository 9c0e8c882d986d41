"""Health by what most routers say, and spend that never goes down."""

from decimal import Decimal

import pytest

from optipath_operator.channel.answer import Answer, TargetSaid
from optipath_operator.channel.evidence import Evidence, ModelHealth, News, Provided, of_all
from optipath_operator.resources.health import Breaker, Health, LastError

H = Health
ACME = Provided("uid-acme", frozenset({"small", "large"}), None)
DAY = 86_400.0


def target(health: Health, error: LastError | None = None, ago: float = 1.0) -> TargetSaid:
    return TargetSaid(health, Breaker.OPEN if health is H.DOWN else Breaker.CLOSED, error, ago)


class Listener:
    """An operator that has listened since noon."""

    def __init__(self, spend: str | None = None) -> None:
        self.now = DAY
        self.evidence = Evidence(self.now)
        self.providers = {"acme": Provided(ACME.uid, ACME.models, Decimal(spend) if spend else None)}

    def hears(
        self, router: str, *, uptime: float = 10 * DAY, spend: dict[str, str] | None = None, **said: TargetSaid
    ) -> News:
        targets = {("acme", model): each for model, each in said.items()}
        dollars = {name: Decimal(text) for name, text in (spend or {}).items()}
        return self.evidence.heard(router, Answer("d", 1.0, uptime, targets, dollars), self.providers, self.now)

    def spent(self, router: str, dollars: str, *, uptime: float = 10 * DAY) -> str:
        self.hears(router, uptime=uptime, spend={"acme": dollars})
        return str(self.evidence.spend("acme", ACME.uid))

    @property
    def small(self) -> ModelHealth:
        return self.known.get("small", ModelHealth())

    @property
    def known(self) -> dict[str, ModelHealth]:
        self.now += 0.001
        return self.evidence.models("acme", ["small", "large", "none"], self.now)


VOTES = {
    "nobody": ([], H.UNKNOWN),
    "one": ([H.DOWN], H.DOWN),
    "most": ([H.DOWN, H.DOWN, H.HEALTHY], H.DOWN),
    "as many": ([H.DOWN, H.HEALTHY], H.DEGRADED),
    "a liar among many": ([H.HEALTHY, H.HEALTHY, H.DOWN], H.HEALTHY),
    "those who have not tried say nothing": ([H.UNKNOWN, H.UNKNOWN, H.DOWN], H.DOWN),
    "no majority": ([H.HEALTHY, H.DEGRADED, H.DOWN], H.DEGRADED),
}


@pytest.mark.row("C24")
@pytest.mark.parametrize(("votes", "health"), VOTES.values(), ids=VOTES)
def test_most_of_those_who_have_tried_it_decide(votes: list[Health], health: Health) -> None:
    listener = Listener()
    for number, vote in enumerate(votes):
        listener.hears(f"router-{number}", small=target(vote))
    assert listener.small.health is health


@pytest.mark.parametrize(
    ("models", "health"),
    [
        ([H.DOWN, H.DOWN], H.DOWN),
        ([H.HEALTHY, H.UNKNOWN], H.HEALTHY),
        ([H.DOWN, H.HEALTHY], H.DEGRADED),
        ([H.UNKNOWN], H.UNKNOWN),
        ([], H.UNKNOWN),
    ],
)
def test_a_provider_does_as_all_its_models_do_or_else_so_so(models: list[Health], health: Health) -> None:
    assert of_all(ModelHealth(each) for each in models) is health


def test_a_router_has_one_voice_however_often_it_speaks() -> None:
    listener = Listener()
    for router in ("liar", "liar", "liar", "b", "c"):
        listener.hears(router, small=target(H.DOWN if router == "liar" else H.HEALTHY))
    assert listener.small.health is H.HEALTHY


def test_the_latest_error_is_told() -> None:
    listener = Listener()
    listener.hears("a", small=target(H.DEGRADED, LastError.TIMEOUT, ago=3))
    listener.hears("b", small=target(H.DEGRADED, LastError.RATE_LIMITED, ago=30))
    assert listener.small.error is LastError.TIMEOUT


def test_who_has_not_spoken_for_long_is_not_heard_and_what_nobody_tries_is_forgotten() -> None:
    listener = Listener()
    listener.hears("a", small=target(H.DOWN))
    listener.now += 301
    listener.hears("b", small=target(H.HEALTHY))
    assert listener.small.health is H.HEALTHY
    listener.now += 601
    listener.hears("b")
    assert listener.known == {}


@pytest.mark.case("X09")
def test_of_providers_and_models_that_are_not_the_namespaces_nobody_is_heard() -> None:
    listener = Listener()
    news = listener.evidence.heard(
        "a",
        Answer(
            "d",
            1.0,
            1.0,
            {("acme@other", "small"): target(H.DOWN), ("acme", "none"): target(H.DOWN)},
            {"acme@other": Decimal(9)},
        ),
        listener.providers,
        listener.now,
    )
    assert not news
    assert listener.evidence.spend("acme@other", "uid") is None
    assert listener.known == {}


def test_it_is_told_whether_anything_is_news() -> None:
    listener = Listener()
    assert [listener.hears("a", small=target(H.HEALTHY)) for _ in range(2)] == [News.HEALTH, News.NOTHING]
    assert listener.small.health is H.HEALTHY
    assert not listener.hears("b", small=target(H.HEALTHY)), "what is known already is no news from another one either"
    assert listener.hears("b", small=target(H.DOWN))
    spent = [listener.hears("a", small=target(H.HEALTHY), spend={"acme": "1"}) for _ in range(2)]
    assert spent == [News.SPEND, News.NOTHING]


def test_spend_of_all_routers_is_added_up() -> None:
    listener = Listener()
    assert [listener.spent("a", "1.5"), listener.spent("b", "1"), listener.spent("a", "2")] == ["1.5", "2.5", "3.0"]


@pytest.mark.row("E19")
def test_spend_does_not_go_down_when_a_pod_goes_or_its_router_starts_anew() -> None:
    listener = Listener()
    listener.spent("a", "5")
    listener.evidence.lost("a")
    assert listener.spent("b", "1", uptime=10) == "6"
    assert listener.spent("b", "0.5", uptime=1) == "6.5"


def test_after_a_restart_of_the_operator_nothing_is_counted_twice() -> None:
    listener = Listener("100")
    assert listener.spent("old", "40") == "100", "its forty are in the hundred"
    assert listener.spent("old", "41") == "101"
    assert listener.spent("new", "2", uptime=0) == "103", "it began when we listened already"


def test_where_nobody_has_ever_counted_all_of_it_counts() -> None:
    assert Listener().spent("old", "40") == "40"


def test_a_provider_made_anew_begins_at_nothing() -> None:
    listener = Listener()
    listener.spent("a", "5")
    listener.providers["acme"] = Provided("another", ACME.models, None)
    listener.hears("a", spend={"acme": "6"})
    assert listener.evidence.spend("acme", ACME.uid) is None
    assert listener.evidence.spend("acme", "another") == Decimal(1)


def test_a_liar_fills_no_status_with_digits() -> None:
    listener = Listener()
    for number in range(5000):
        listener.spent("liar", "999999999" if number % 2 else "0")
    assert listener.evidence.spend("acme", ACME.uid) == Decimal(10**12)


def test_of_ten_thousand_routers_the_latest_are_kept() -> None:
    listener = Listener()
    for number in range(10_000):
        listener.hears(f"router-{number}", small=target(H.DOWN if number < 9_900 else H.HEALTHY))
    assert listener.small.health is H.HEALTHY
    assert len(listener.evidence._testimonies) <= 32
