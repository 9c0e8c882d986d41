"""`optipath run`, as a user runs it."""

import asyncio
import json
import os
import signal
import stat
import subprocess
from pathlib import Path
from socket import socket

import openai
import pytest

from optipath_cli.simulator import Simulator
from optipath_cli.simulator.request import fingerprint
from support.router import until
from support.workbench import OPTIPATH, policy, provider, workbench, write

BOTH = {"small": "small", "large": "large"}


@pytest.fixture
def private(tmp_path: Path) -> Path:
    """Where the run makes its private folder."""
    folder = tmp_path / "private"
    folder.mkdir()
    return folder


def left_in(folder: Path) -> list[str]:
    """The modes of the private folder and of the keys in it, while there are any."""
    paths = [*folder.iterdir(), *folder.rglob("credentials/*")]
    return [stat.filemode(path.stat().st_mode) for path in paths]


def app(base_url: str) -> str:
    """What an app is: it names a base URL and an alias, and nothing else of ours."""
    with openai.OpenAI(base_url=base_url, api_key="sk-app", max_retries=0) as client:
        reply = client.chat.completions.create(model="assistant", messages=[{"role": "user", "content": "Hello"}])
    return reply.choices[0].message.content or ""


@pytest.mark.row("A05", "C29", "D20")
async def test_the_policy_alone_says_which_model_an_alias_is(simulator: Simulator, tmp_path: Path) -> None:
    acme, globex = provider(simulator.url, "acme", BOTH), provider(simulator.url, "globex", {"other": "other"})
    chat = write(tmp_path / "chat.yaml", acme, globex, policy("acme/small", "acme/large"))
    async with workbench(chat) as run:
        url = f"{run.router.url}/v1"
        assert "I am small." in await asyncio.to_thread(app, url)
        write(chat, acme, globex, policy("acme/large", "acme/small"))
        await run.says("snapshot in force .*generation 2")
        assert "I am large." in await asyncio.to_thread(app, url)
        write(chat, acme, globex, policy("globex/other"))
        await run.says("snapshot in force .*generation 3")
        assert "I am other." in await asyncio.to_thread(app, url)


@pytest.mark.row("A42")
async def test_without_optipath_an_app_needs_its_provider_s_base_url_and_no_more(
    simulator: Simulator, tmp_path: Path
) -> None:
    """What is kept is in formats that anybody reads: policies and prices in YAML, snapshot and records in JSON."""
    simulator.map["small"] = "ok"
    chat = write(tmp_path / "chat.yaml", provider(simulator.url, models={"small": "assistant"}), policy("acme/small"))
    async with workbench(chat) as run:
        with_it = await asyncio.to_thread(app, f"{run.router.url}/v1")
        answer = await run.router.ask("assistant")
        record = await run.router.decision(answer)
    assert await asyncio.to_thread(app, simulator.url) == with_it
    assert json.loads(json.dumps(record))["decision"]["ranking"] == ["acme/small"]


@pytest.mark.row("B30")
async def test_without_a_policy_models_are_asked_for_by_their_names(simulator: Simulator, tmp_path: Path) -> None:
    providers = (provider(simulator.url, "acme", {"small": "ok"}), provider(simulator.url, "globex", {"large": "ok"}))
    async with workbench(write(tmp_path / "in.yaml", *providers)) as run:
        assert await run.says("^models +large, small$")
        for model, owner in (("small", "acme"), ("large", "globex")):
            assert (await run.router.ask(model)).headers["x-optipath-provider"] == owner
        unknown = await run.router.ask("medium")
        assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "model_not_found")


async def test_a_broken_edit_keeps_the_last_good_form_and_what_is_gone_is_gone(
    simulator: Simulator, tmp_path: Path
) -> None:
    folder = tmp_path / "manifests"
    folder.mkdir()
    write(folder / "acme.yaml", provider(simulator.url, "acme", BOTH))
    chat = write(folder / "chat.yaml", policy("acme/small"))
    async with workbench(folder) as run:
        write(chat, policy("acme/small", strategy="orderd"))
        await run.says(r"^invalid: .*orderd.*its last good form \(generation 1\) stays in force$")
        assert (await run.router.ask("assistant")).headers["x-optipath-policy"] == "default/chat@1"
        chat.write_text("kind: [")
        await run.says(f"^unreadable: {chat}: document 1, line ")
        assert (await run.router.ask("assistant")).status_code == 200
        chat.write_text("")
        await run.says(f"^unreadable: {chat}: holds no manifest")
        assert (await run.router.ask("assistant")).status_code == 200
        write(chat, policy("acme/large"))
        await run.says("snapshot in force .*generation 2")
        answer = await run.router.ask("assistant")
        assert (answer.headers["x-optipath-policy"], answer.headers["x-optipath-model"]) == ("default/chat@3", "large")
        chat.unlink()
        await run.says("^files read: RoutingPolicy chat removed$")
        await run.says("snapshot in force .*generation 3")
        assert (await run.router.ask("assistant")).status_code == 404


async def test_a_file_that_was_named_and_is_moved_away_still_counts(simulator: Simulator, tmp_path: Path) -> None:
    chat = write(tmp_path / "chat.yaml", provider(simulator.url), policy("acme/small"))
    async with workbench(chat) as run:
        chat.rename(tmp_path / "chat.yaml~")
        await run.says(f"^unreadable: {chat}: No such file")
        assert (await run.router.ask("assistant")).status_code == 200


async def test_an_edit_that_changes_nothing_is_told_so(simulator: Simulator, tmp_path: Path) -> None:
    chat = write(tmp_path / "chat.yaml", provider(simulator.url), policy("acme/small"))
    async with workbench(chat) as run:
        chat.write_text(chat.read_text() + "# a remark\n")
        await run.says("^files read: nothing changed$")
        await run.says("^generation 1 stays in force$")


async def test_it_starts_in_spite_of_problems_and_says_so(simulator: Simulator, tmp_path: Path) -> None:
    good = write(tmp_path / "good.yaml", provider(simulator.url), policy("acme/small", "acme/tiny"))
    broken = tmp_path / "broken.yaml"
    broken.write_text("kind: [")
    async with workbench(good, broken) as run:
        await run.says(f"^unreadable: {broken}: document 1")
        await run.says("^unresolved: RoutingPolicy default/chat: .*acme/tiny")
        assert (await run.router.ask("assistant")).status_code == 200


async def test_keys_come_from_the_environment(simulator: Simulator, tmp_path: Path, private: Path) -> None:
    chat = write(tmp_path / "in.yaml", provider(simulator.url, credentials={"keys": ["acme-key"]}))
    keys = {"OPTIPATH_KEY_ACME_KEY": "sk-env", "OPTIPATH_HOSTS_ACME_KEY": "127.0.0.1", "TMPDIR": str(private)}
    async with workbench(chat, environment=keys) as run:
        assert (await run.router.ask("small")).status_code == 200
        assert list(simulator.stats.keys) == [fingerprint("sk-env")]
        assert left_in(private) == ["drwx------", "-rw-------", "-rw-------"]
        assert not any("sk-env" in line for line in run.lines)


async def test_a_key_that_is_not_there_is_asked_for(simulator: Simulator, tmp_path: Path) -> None:
    chat = write(tmp_path / "in.yaml", provider(simulator.url, credentials={"keys": ["acme-key"]}))
    async with workbench(chat) as run:
        await run.says("^warning: no key for provider acme: set OPTIPATH_KEY_ACME_KEY, or --credentials$")
        assert (await run.router.ask("small")).status_code >= 500
        assert simulator.stats.count == 0


async def test_keys_of_a_folder_go_before_and_are_rotated(simulator: Simulator, tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    folder.mkdir()
    (folder / "acme").write_text("sk-old\n")
    (folder / "acme.hosts").write_text("127.0.0.1")
    chat = write(tmp_path / "in.yaml", provider(simulator.url, credentials={"keys": ["acme", "later"]}))
    environment = {"OPTIPATH_KEY_ACME": "sk-env", "OPTIPATH_KEY_LATER": "sk-later", "OPTIPATH_HOSTS_LATER": "127.0.0.1"}

    async def used(key: str) -> bool:
        await run.router.ask("small")
        return simulator.stats.arrivals[-1].key == fingerprint(key)

    async with workbench(chat, "--credentials", folder, environment=environment) as run:
        assert await used("sk-old")
        (folder / "acme").write_text("sk-new\n")
        await until(lambda: used("sk-new"))
        (folder / "acme").unlink()
        await until(lambda: used("sk-env"))
        (folder / "acme").write_text("sk-back\n")
        await until(lambda: used("sk-back"))
    assert fingerprint("sk-later") not in simulator.stats.keys


async def test_labels_choose_policies(simulator: Simulator, tmp_path: Path) -> None:
    chosen = policy("acme/small")
    chosen["spec"]["workloadSelector"] = {"matchLabels": {"app": "chat"}}
    chat = write(tmp_path / "in.yaml", provider(simulator.url), chosen)
    async with workbench(chat, "--labels", "app=chat,tier=web") as run:
        assert (await run.router.ask("assistant")).status_code == 200
    async with workbench(chat, "--labels", "app=batch") as run:
        assert (await run.router.ask("assistant")).status_code == 404


async def test_the_namespace_says_whose_manifests_count(simulator: Simulator, tmp_path: Path) -> None:
    ours, theirs = provider(simulator.url, "ours"), provider(simulator.url, "theirs", {"large": "ok"})
    ours["metadata"]["namespace"], theirs["metadata"]["namespace"] = "team-a", "team-b"
    async with workbench(write(tmp_path / "in.yaml", ours, theirs), "--namespace", "team-b") as run:
        assert await run.says("^namespace +team-b$")
        assert (await run.router.ask("large")).status_code == 200
        assert (await run.router.ask("small")).status_code == 404


async def test_manifests_of_another_namespace_than_the_one_it_started_with_are_told(
    simulator: Simulator, tmp_path: Path
) -> None:
    theirs = policy("acme/small")
    theirs["metadata"]["namespace"] = "team-a"
    chat = tmp_path / "chat.yaml"
    chat.write_text("kind: [")
    async with workbench(chat) as run:
        assert await run.says("^namespace +default$")
        write(chat, provider(simulator.url), theirs)
        await run.says(
            "^warning: RoutingPolicy team-a/chat: metadata.namespace: is passed over: it is in namespace 'team-"
        )
        await run.says("snapshot in force .*generation 2")
        assert (await run.router.ask("small")).status_code == 200


async def test_on_a_terminal_there_are_colours_and_elsewhere_plain_lines(simulator: Simulator, tmp_path: Path) -> None:
    chat = write(tmp_path / "in.yaml", provider(simulator.url), policy("acme/small", "acme/tiny"))
    async with workbench(chat) as run:
        await run.says("^chat/rule  assistant  ordered   acme/small$")
        assert not any("\x1b" in line for line in run.lines)
    async with workbench(chat, environment={"FORCE_COLOR": "1"}) as run:
        await run.says(r"^\x1b\[1mAPI *\x1b\[0m  http://")
        await run.says(r"^\x1b\[31munresolved: ")


async def test_ctrl_c_ends_it_at_once_and_leaves_nothing_behind(
    simulator: Simulator, tmp_path: Path, private: Path
) -> None:
    chat = write(tmp_path / "in.yaml", provider(simulator.url, models={"endless": "drip-20+infinite-stream"}))
    async with workbench(chat, environment={"TMPDIR": str(private)}) as run:
        stream = await run.router.open("endless")
        run.process.send_signal(signal.SIGINT)
        assert await run.stopped() == 0
        assert not (await run.router.opened(stream)).finished
        assert left_in(private) == []
        assert not any("Traceback" in line for line in run.lines)


async def test_sigterm_lets_open_streams_end(simulator: Simulator, tmp_path: Path, private: Path) -> None:
    chat = write(tmp_path / "in.yaml", provider(simulator.url, models={"slow": "drip-20+tokens-20"}))
    async with workbench(chat, environment={"TMPDIR": str(private)}) as run:
        stream = await run.router.open("slow")
        run.process.send_signal(signal.SIGTERM)
        assert (await run.router.opened(stream)).finished
        assert await run.stopped() == 0
    assert left_in(private) == []


async def test_a_taken_port_is_told(simulator: Simulator, tmp_path: Path, private: Path) -> None:
    chat = write(tmp_path / "in.yaml", provider(simulator.url))
    with socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        failed = await asyncio.to_thread(
            subprocess.run,
            [OPTIPATH, "run", str(chat), "--listen", f"127.0.0.1:{port}", "--admin", "127.0.0.1:0"],
            env={**os.environ, "TMPDIR": str(private)},
            capture_output=True,
            text=True,
        )
    assert (failed.returncode, failed.stdout) == (1, "")
    assert failed.stderr == f"Error: cannot listen on 127.0.0.1:{port}: Address already in use\n"
    assert left_in(private) == []
