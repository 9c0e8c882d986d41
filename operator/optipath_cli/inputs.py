"""What commands have in common: files of manifests, their namespace, labels, and what may be called from here."""

from collections.abc import Iterable, Mapping

import click

from optipath_cli.egress import egress_rule, from_here
from optipath_cli.manifests import OURS, ManifestError, read_manifests
from optipath_operator.catalogue.read import built_in
from optipath_operator.compile import Gathered
from optipath_operator.compile.gathered import OPERATOR_NAMESPACE
from optipath_operator.compile.manifests import NAMESPACE
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
operator_namespace_option = click.option(
    "--operator-namespace",
    "home",
    metavar="NS",
    default=OPERATOR_NAMESPACE,
    show_default=True,
    help="Where policies with a scope are, which speak to other namespaces.",
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


def gathered(names: Iterable[str], namespace: str | None, egress: tuple[EgressRule, ...], home: str) -> Gathered:
    """All that files say about a namespace; raises ClickException for a file that cannot be read."""
    try:
        manifests = read_manifests(names)
    except ManifestError as error:
        raise click.ClickException(str(error)) from error
    return gather(manifests, namespace_of(manifests, namespace, home), egress, home=home)


def gather(
    manifests: tuple[Manifest, ...],
    namespace: str,
    egress: tuple[EgressRule, ...],
    last_good: tuple[Manifest, ...] = (),
    home: str = OPERATOR_NAMESPACE,
) -> Gathered:
    """What is compiled of manifests that stood in files."""
    return Gathered(
        namespace=namespace,
        manifests=manifests,
        catalogue=built_in(),
        last_good=last_good,
        egress=from_here(egress),
        operator_namespace=home,
        strict=True,
    )


def namespace_of(manifests: Iterable[Manifest], given: str | None, home: str = OPERATOR_NAMESPACE) -> str:
    """The namespace given, or the one that the manifests agree on, or `default`.

    The operator's own is meant only where no other is named: it speaks to
    others. Raises UsageError where several are named.
    """
    if given is not None:
        return given
    written = tuple(manifests)
    named = {each["metadata"].get("namespace") for each in written if each["kind"] in OURS}
    spaces = {each["metadata"]["name"] for each in written if each["kind"] == NAMESPACE}
    meant = named - {home, None} or spaces - {home}
    if len(meant) > 1:
        raise click.UsageError(f"say which --namespace, for the manifests name {', '.join(map(str, sorted(meant)))}")
    if not meant:
        return home if named == {home} else "default"
    return str(meant.pop())
