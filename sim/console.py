"""What all commands share: errors as lines and exit codes, progress, tables.

Exit codes: 0 done; 1 a rule that must always hold was broken, or a fault of the program; 2 something the user can mend
(a file, a key, an option, a folder); 130 interrupted. Errors go to stderr, one a line, with file and line where known.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any, Final, Literal, Protocol

import typer

from sim.errors import InvariantError, TalentsimError
from sim.labels import Lang, label

EXIT_FAULT: Final = 1
EXIT_USER: Final = 2
EXIT_INTERRUPTED: Final = 130
_WIDTH_WITHOUT_TERMINAL: Final = 150

LangOption = Annotated[Literal["en", "zh"], typer.Option("--lang", help="Language of what is printed and drawn.")]
"""Of every command that prints more than names and numbers."""


class Printable(Protocol):
    """A table of text, whoever made it: arguments of print_table."""

    @property
    def title(self) -> str:
        """Stands above it."""

    @property
    def heads(self) -> Sequence[str]:
        """Headings of its columns."""

    @property
    def rows(self) -> Sequence[Sequence[str]]:
        """Cells of each row."""

    @property
    def n_names(self) -> int:
        """Columns that name the row; numbers follow."""


@contextlib.contextmanager
def report_errors(kept: str | None = None, lang: Lang = "en") -> Iterator[None]:
    """Turn errors into lines on stderr and exit codes; `kept` says what an interruption leaves behind.

    Errors themselves are in English: they quote files, keys and options, and name the repair in their words.
    """
    try:
        yield
    except InvariantError as error:
        typer.echo(f"invariant broken: {error}", err=True)
        raise typer.Exit(EXIT_FAULT) from error
    except BrokenPipeError:
        raise  # who reads the output has seen enough: typer ends quietly
    except (TalentsimError, OSError) as error:
        typer.echo(str(error) if isinstance(error, TalentsimError) else _describe_fault(error), err=True)
        raise typer.Exit(EXIT_USER) from error
    except KeyboardInterrupt as error:
        words = kept if kept is not None else label("line.nothing_kept", lang)
        typer.echo(label("line.interrupted", lang).format(kept=words), err=True)
        raise typer.Exit(EXIT_INTERRUPTED) from error


@contextlib.contextmanager
def show_progress(words: str, *, quiet: bool) -> Iterator[Any]:
    """Show a bar on stderr while the block runs, if somebody looks; gives the function (done, total) that moves it."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal) as progress:
        task = progress.add_task(words, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def print_table(
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    title: str | None = None,
    n_names: int = 2,
    width: int | None = None,
) -> None:
    """Print a table; numbers follow the first `n_names` columns. `width` is the most that it takes, in characters."""
    from rich.cells import cell_len
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    if not console.is_terminal:
        console = Console(width=_WIDTH_WITHOUT_TERMINAL)
    if width is not None and width < console.width:
        console = Console(width=width)
    table = Table(title=title, title_justify="left")
    for number, head in enumerate(heads):
        # what stands first is typed again, and stays whole where there is room; nothing is cut anywhere
        needed = max((cell_len(row[0]) for row in rows), default=0) if number == 0 else console.width
        table.add_column(
            head,
            justify="right" if number >= n_names else "left",
            overflow="fold",
            no_wrap=needed <= console.width // 2,
        )
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console.print(table)


def print_warnings(lines: Iterable[str], lang: Lang = "en", *, quiet: bool = False) -> None:
    """Print on stderr what is allowed and yet seldom meant, each line once."""
    for line in () if quiet else dict.fromkeys(lines):
        typer.echo(label("line.warning", lang).format(text=line), err=True)


def print_tables(tables: Iterable[Printable], width: int | None = None) -> None:
    """Print tables one below the other, each `width` characters wide at most."""
    for table in tables:
        print_table(table.heads, table.rows, title=table.title, n_names=table.n_names, width=width)


def _describe_fault(error: OSError) -> str:
    """What the system refused, and the repair."""
    where = "" if error.filename is None else f"{error.filename}: "
    return f"{where}{error.strerror or error}. Check the path, the rights to it and the room on the disk"


def count_cores() -> int:
    """Cores that this process may use."""
    # not every system can say
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
