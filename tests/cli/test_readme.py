"""What the README shows is what one sees."""

import re
import shlex
from pathlib import Path
from typing import Any

import openai
import yaml
from click.testing import CliRunner

from optipath_cli.main import main
from optipath_cli.simulator import Simulator
from support.workbench import policy, provider, workbench, write

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def block(language: str, start: str) -> str:
    """The fenced block of a language that begins so."""
    blocks: list[str] = re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)
    return next(found for found in blocks if found.startswith(start))


def curl() -> tuple[str, dict[str, str], str]:
    """URL, headers and body of the command that calls."""
    words = shlex.split(block("console", "$ curl").removeprefix("$ ").replace("\\\n", " "))
    header, body = words[words.index("-H") + 1], words[words.index("-d") + 1]
    url = next(word for word in words if word.startswith("http"))
    return url, dict([header.split(": ")]), body


def test_the_quick_start_is_the_example() -> None:
    def meant(text: str) -> list[Any]:
        return list(yaml.safe_load_all(text))

    assert meant(block("yaml", "# deploy/examples/quickstart")) == meant(
        (ROOT / "deploy/examples/quickstart/quickstart.yaml").read_text()
    )


def test_explain_says_what_the_readme_shows() -> None:
    command, *lines = block("console", "$ .venv/bin/optipath explain").splitlines()
    words = shlex.split(command.removeprefix("$ .venv/bin/optipath "))
    words = [str(ROOT / word) if word.startswith("deploy/") else word for word in words]
    draw = lines[-1].split()[-1]
    result = CliRunner().invoke(main, [*words, "--draw", draw])
    assert result.output.splitlines() == lines


async def test_curl_and_sdk_are_answered_as_they_stand_there(tmp_path: Path) -> None:
    url, headers, body = curl()
    async with Simulator() as simulator:
        chat = write(tmp_path / "chat.yaml", provider(simulator.url), policy("acme/small"))
        async with workbench(chat) as run:
            answer = await run.router.http.post(
                run.router.url + url.removeprefix("http://127.0.0.1:7080"), content=body, headers=headers
            )
            assert answer.status_code == 200
            assert answer.json()["choices"][0]["message"]["content"]
            async with openai.AsyncOpenAI(base_url=f"{run.router.url}/v1", api_key="none") as client:
                reply = await client.chat.completions.create(
                    model="assistant", messages=[{"role": "user", "content": "Hello"}]
                )
            assert reply.choices[0].message.content


def test_every_file_that_the_readme_names_is_there() -> None:
    named = set(re.findall(r"\]\(([a-zA-Z][\w./-]*)\)", README)) | set(re.findall(r"deploy/[\w./-]*\w", README))
    assert len(named) > 8
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []
