"""The simulator as a provider of every dialect, and callers of every surface before it."""

from collections.abc import Mapping
from typing import Any

import anthropic
import openai

from optipath_cli.simulator import Simulator
from optipath_snapshot import Snapshot
from support.builders import LOOPBACK, provider, route, snapshot, target
from support.router import Router

VENDORS = {
    "openai": ("OpenAI", "/v1"),
    "mistral": ("Mistral", "/v1"),
    "anthropic": ("Anthropic", ""),
    "gemini": ("Gemini", "/v1beta"),
    "ollama": ("Ollama", ""),
}
"""Type and base path, by a name for the provider."""
FOREIGN = ("anthropic", "gemini", "ollama")
"""Those that do not speak OpenAI's dialect."""


def relay(simulator: Simulator, *hops: str, keys: tuple[str, ...] = (), **given: Any) -> Snapshot:
    """A snapshot that sends `auto` to these in order, each as `vendor/model`."""
    base = simulator.url.removesuffix("/v1")
    vendors = dict.fromkeys(hop.partition("/")[0] for hop in hops)
    providers = [provider(name, type=VENDORS[name][0], url=base + VENDORS[name][1], keys=keys) for name in vendors]
    rule = route(*hops, models=["auto"], **given)
    return snapshot(rule, providers=providers, targets=[target(hop) for hop in hops], egress=LOOPBACK)


def relays(simulator: Simulator, rules: Mapping[str, tuple[str, ...]], **given: Any) -> Snapshot:
    """A snapshot that sends each of these models to its own hops in order."""
    base = simulator.url.removesuffix("/v1")
    hops = dict.fromkeys(hop for chain in rules.values() for hop in chain)
    vendors = dict.fromkeys(hop.partition("/")[0] for hop in hops)
    providers = [provider(name, type=VENDORS[name][0], url=base + VENDORS[name][1]) for name in vendors]
    routes = [
        route(*chain, rule=f"rule-{place}", models=[model], **given)
        for place, (model, chain) in enumerate(rules.items())
    ]
    return snapshot(*routes, providers=providers, targets=[target(hop) for hop in hops], egress=LOOPBACK)


def gpt(router: Router, *, strict: bool = True) -> openai.AsyncOpenAI:
    """OpenAI's SDK, which accepts only what its types say."""
    http = openai.DefaultAsyncHttpxClient(verify=False, trust_env=False)
    return openai.AsyncOpenAI(
        base_url=f"{router.url}/v1",
        api_key="sk-callers",
        max_retries=0,
        http_client=http,
        _strict_response_validation=strict,
    )


def claude(router: Router) -> anthropic.AsyncAnthropic:
    """Anthropic's SDK, which accepts only what its types say."""
    http = anthropic.DefaultAsyncHttpxClient(verify=False, trust_env=False)
    return anthropic.AsyncAnthropic(
        base_url=router.url,
        api_key="sk-callers",
        max_retries=0,
        http_client=http,
        _strict_response_validation=True,
    )
