"""What commands have in common: files of manifests, their namespace, labels, and what may be called from here."""

from collections.abc import Iterable, Mapping

import click

from optipath_cli.egress import egress_rule, from_here
from optipath_cli.manifests import OURS, ManifestError, read_manifests
from optipath_operator.catalogue.read import built_in
from optipath_operator.compile import Gathered
from optipath_operator.resources.reading import Manifest
from optipath_snapshot import EgressRule


def labels(text: str) -> Mapping[str, str]:
    """The labels in `app=chat,tier=web`; raises BadParameter."""
    pairs = [part.strip().partition("=") for part in text.split(",") if part.strip()]
    if not all(name and sign for name, sign, _ in pairs):
        raise click.BadParameter(f"{text!r} is not NAME=VALUE,...")
    return {name: value for name, _, value in pairs}


files_argument = click.argument("files", metavar="FILES...", nargs=-1, required=True)
namespace_option = click.option(
    "--namespace", metavar="NS", help="Whose manifests count; if not given, the namespace that they name, or default."
)
labels_option = click.option(
    "--labels",
    metavar="NAME=VALUE,...",
    type=labels,
    default="",
    help="Labels of the pod, which policies with a workloadSelector look at.",
)
egress_option = click.option(
    "--egress",
    metavar="HOST[:PORT][,plaintext]",
    type=egress_rule,
    multiple=True,
    help="A private host or network that may be called, over plain http too if said so. "
    "This machine always may: localhost, 127.0.0.1 and ::1.",
)


def gathered(names: Iterable[str], namespace: str | None, egress: tuple[EgressRule, ...]) -> Gathered:
    """All that files say about a namespace; raises ClickException for a file that cannot be read."""
    try:
        manifests = read_manifests(names)
    except ManifestError as error:
        raise click.ClickException(str(error)) from error
    return gather(manifests, namespace_of(manifests, namespace), egress)


def gather(
    manifests: tuple[Manifest, ...],
    namespace: str,
    egress: tuple[EgressRule, ...],
    last_good: tuple[Manifest, ...] = (),
) -> Gathered:
    """What is compiled of manifests that stood in files."""
    return Gathered(
        namespace=namespace,
        manifests=manifests,
        catalogue=built_in(),
        last_good=last_good,
        egress=from_here(egress),
        strict=True,
    )


def namespace_of(manifests: Iterable[Manifest], given: str | None) -> str:
    """The namespace given, or the one that the manifests agree on, or `default`.

    Raises UsageError where they differ.
    """
    named = {manifest["metadata"].get("namespace") for manifest in manifests if manifest["kind"] in OURS} - {None}
    if given is not None:
        return given
    if len(named) > 1:
        raise click.UsageError(f"say which --namespace, for the manifests name {', '.join(map(str, sorted(named)))}")
    return str(named.pop()) if named else "default"
