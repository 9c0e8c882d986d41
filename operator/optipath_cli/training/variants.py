"""Variants: recorded questions without their answers to choose from, as people ask them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from optipath_cli.training.examples import VARIANT, Example

_OPTIONS: Final = "\nA."

DOMAIN_OF_SUBJECT: Final[Mapping[str, str]] = {
    subject: domain
    for domain, subjects in {
        "biology": "anatomy college_biology high_school_biology medical_genetics virology",
        "business": "business_ethics management marketing professional_accounting public_relations",
        "chemistry": "college_chemistry high_school_chemistry",
        "computer science": "college_computer_science computer_security high_school_computer_science machine_learning",
        "economics": "econometrics high_school_macroeconomics high_school_microeconomics",
        "engineering": "electrical_engineering",
        "health": "clinical_knowledge college_medicine human_aging nutrition professional_medicine",
        "history": "high_school_european_history high_school_us_history high_school_world_history prehistory",
        "law": "international_law jurisprudence professional_law",
        "math": "abstract_algebra college_mathematics elementary_mathematics high_school_mathematics"
        " high_school_statistics",
        "philosophy": "formal_logic logical_fallacies moral_disputes philosophy world_religions",
        "physics": "astronomy college_physics conceptual_physics high_school_physics",
        "psychology": "high_school_psychology human_sexuality professional_psychology",
        "other": "global_facts high_school_geography miscellaneous",
    }.items()
    for subject in subjects.split()
}
"""MMLU's subjects by the domains of MMLU-Pro; those that fit into none are left out."""


def domain_of(example: Example) -> str | None:
    """The domain that a recorded question is of."""
    if example.kind is None:
        return None
    kind = example.kind.removeprefix("knowledge/")
    match example.set:
        case "mmlu-pro" | "variant":
            return kind
        case "routellm-mmlu":
            return DOMAIN_OF_SUBJECT.get(kind)
        case _:
            return None


def variants(examples: Sequence[Example], fold: Sequence[int]) -> Iterator[tuple[Example, int]]:
    """A variant of each question of which the domain is known, in the fold of the question."""
    for example, place in zip(examples, fold, strict=True):
        domain, at = domain_of(example), example.prompt.find(_OPTIONS)
        if domain and at > 0:
            prompt = example.prompt[:at].removesuffix("\nOptions:").strip()
            yield Example(id=f"{example.id}/stem", set=VARIANT, prompt=prompt, kind=domain), place
