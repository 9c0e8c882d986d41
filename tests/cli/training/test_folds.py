"""Folds: what resembles or translates one another is never on both sides."""

from optipath_cli.training.examples import LABELLED, SEEDS, TASKS, Example, seeds
from optipath_cli.training.folds import FOLDS, folds

QUESTION = "Janet has sixteen ducks and each of them lays one egg on every day of the week"


def example(prompt: str, **told: str) -> Example:
    return Example(id=told.pop("id", prompt), set=told.pop("set", "mmlu-pro"), prompt=prompt, **told)  # type: ignore[arg-type]


def test_questions_that_share_a_run_of_words_are_in_one_fold() -> None:
    others = [
        example(f"{number} times one is a sum that nobody else has asked of us here {number}") for number in range(40)
    ]
    for number in range(20):
        one, other = example(f"{QUESTION}, {number}."), example(f"Question {number}: {QUESTION}?", set="zeroeval-gsm")
        found = folds([one, *others, other])
        assert found[0] == found[-1]


def test_translations_of_a_question_are_in_one_fold() -> None:
    told = [
        example(f"{tongue} {number} as it is said there", id=f"mgsm/{tongue}/{number}", set=LABELLED, kind="mgsm")
        for number in range(9)
        for tongue in ("de", "fr", "sw", "te")
    ]
    found = folds(told)
    for at in range(0, len(told), 4):
        assert len(set(found[at : at + 4])) == 1
    assert len(set(found)) > 1


def test_a_template_that_many_share_links_nobody() -> None:
    asked = [
        example(f"Please read the following question and choose the answer that is best: number {number}")
        for number in range(200)
    ]
    assert set(folds(asked)) == set(range(FOLDS))


def test_folds_do_not_depend_on_the_order() -> None:
    asked = [example(f"number {number} and nothing else") for number in range(30)]
    assert folds(asked) == folds(asked[::-1])[::-1]


def test_seeds_teach_every_task_type_in_every_language() -> None:
    own = seeds()
    for file in SEEDS.glob("*.jsonl"):
        assert {seed.label for seed in own if seed.language == file.stem} == set(TASKS)
    assert len({seed.prompt for seed in own}) == len(own)
