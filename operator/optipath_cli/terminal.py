"""What a user reads: colours and tables where it is a terminal, plain lines where it is not.

Rich decides by itself what is a terminal; FORCE_COLOR=1 and NO_COLOR=1 in the environment overrule it.
"""

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from optipath_operator.resources import Problem, Severity

_STYLES = {Severity.INVALID: "bold red", Severity.UNRESOLVED: "red", Severity.DENIED: "red", Severity.WARNING: "yellow"}


class Terminal:
    """Writes to standard output, or to standard error."""

    def __init__(self, *, stderr: bool = False) -> None:
        self._console = Console(stderr=stderr, markup=False, highlight=False, emoji=False, soft_wrap=True)

    def line(self, text: str = "", style: str = "") -> None:
        """One line, however long."""
        self._console.print(text, style=style or None)

    def problems(self, problems: Iterable[Problem]) -> None:
        """Problems, one a line."""
        for problem in problems:
            self.line(f"{problem.severity.lower()}: {problem}", _STYLES[problem.severity])

    def facts(self, facts: Iterable[tuple[str, str]]) -> None:
        """Facts, one a line, each behind the word that says what it is about."""
        pairs = tuple(facts)
        width = max(len(word) for word, _ in pairs)
        for word, fact in pairs:
            self._console.print(Text.assemble((word.ljust(width), "bold"), "  ", fact))

    def table(self, headings: Sequence[str], rows: Sequence[Sequence[str]], *, headed: bool = False) -> None:
        """A table; where it is no terminal, lines whose columns stand two spaces apart, headed only if told so."""
        if self._console.is_terminal:
            table = Table(*headings, header_style="bold", box=None, pad_edge=False)
            for row in rows:
                table.add_row(*row)
            self._console.print(table)
            return
        widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]
        for row in (headings, *rows) if headed else rows:
            self.line("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
