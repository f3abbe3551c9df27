"""The runs that a visitor keeps, as this visit knows them: what each was, and what the browser is to do next.

The runs themselves, with their states, are in the browser's storage (static/kept/store.js). Here are their records, and
a state only until the browser has it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from secrets import token_hex
from typing import Any

from rnn_core.words import plural, t
from ui.kept.record import MOST, ROOM, Kept, Value, kept, named, read, renamed, to_go, write
from ui.kept.state import read_file, too_large, write_state

Ask = Callable[..., Any]
SHOWN = 6  # beside a race at once
REFUSED = t(
    "This browser keeps nothing: its storage is full, or switched off as in a private window. “Save as a file” on "
    "Compare saves what is kept already."
)


class Book:
    """runs: the records by id, the oldest first. orders: what the browser has not done yet, each with its number.

    visit: another one in each visit; taken: whether what the browser had is here. news: sentences that were not said
    yet. notes: the last ones, which stay. chosen: by id, whether somebody put it into a race's chart or took it out.
    opening: the id of the run that is to be opened; arrived: that run and its state, once the browser has sent it.
    each: whether every network of a race is to be kept. acted: the number of the last act that was heard.
    heard: how often the browser had news, seen: those that a run of the page began with.
    """

    def __init__(self) -> None:
        self.runs: dict[str, Kept] = {}
        self.orders: list[dict[str, Any]] = []
        self.visit, self.taken, self._number = token_hex(8), False, 0
        self.news: list[str] = []
        self.notes: tuple[str, ...] = ()
        self.chosen: dict[str, bool] = {}
        self.opening, self.each, self.acted = "", False, 0
        self.heard = self.seen = 0
        self.arrived: tuple[Kept, str] | None = None

    def keep(self, ask: Ask, page: str, at: int, own: Mapping[str, Value], data: bytes = b"") -> None:
        """Keep a run as it stands; ask: as Run.ask. It says why where that cannot be."""
        try:
            state = ask(write_state, data)
            gone = to_go(self.runs.values(), len(state))
        except ValueError as problem:
            self.tell(str(problem))
            return
        before = max(self.runs.values(), key=lambda run: run.at, default=None)
        run = ask(kept, token_hex(8), page, max(at, before.at + 1 if before else 0), dict(own))
        run = replace(run, name=named(run, before), size=len(state))
        self.order("put", run=write(run), state=state, gone=[each.id for each in gone])
        self._drop(gone)
        self.runs[run.id] = run
        self.tell(
            t("Kept as “{name}”. It stands on Compare, and stays in this browser.", name=run.name), *self.gone(gone)
        )

    def gone(self, runs: Iterable[Kept]) -> list[str]:
        """The sentence that says which went to make room."""
        names = ", ".join(f"“{run.name}”" for run in runs)
        if not names:
            return []
        return [t("The oldest that was not pinned went for it: {names}; {most} are kept.", names=names, most=MOST)]

    def change(self, id: str, **changes: Any) -> None:
        """Another name, note or pin."""
        if id in self.runs and (run := renamed(self.runs[id], **changes)) != self.runs[id]:
            self.runs[id] = run
            self.order("write", run=write(run))

    def drop(self, id: str) -> None:
        """Keep it no longer."""
        if run := self.runs.get(id):
            self.order("drop", gone=[id])
            self._drop([run])
            self.tell(t("“{name}” is deleted.", name=run.name))

    def open(self, id: str) -> None:
        """Ask the browser for the state of a run."""
        if id in self.runs:
            self.opening, self.arrived = id, None
            self.orders = [order for order in self.orders if order["do"] != "get"]
            self.order("get", id=id)

    def show(self, id: str, shown: bool) -> None:
        """Put a run into a race's chart, or take it out."""
        if id in self.runs:
            self.chosen[id] = shown

    def beside(self, task: str) -> list[Kept]:
        """The runs that stand beside a race of this task: those of the same task, unless somebody chose otherwise; the
        latest SHOWN of them, the oldest first.
        """
        shown = [run for run in self.latest() if self.chosen.get(run.id, run.config.task == task)]
        return shown[:SHOWN][::-1]

    def latest(self) -> list[Kept]:
        """All of them, the latest first."""
        return sorted(self.runs.values(), key=lambda run: -run.at)

    def tell(self, *sentences: str) -> None:
        self.news += sentences
        self.notes = sentences

    def order(self, do: str, **what: Any) -> None:
        """Something for the browser to do."""
        self._number += 1
        self.orders.append({"n": self._number, "do": do, **what})

    def _drop(self, runs: Iterable[Kept]) -> None:
        for run in runs:
            self.runs.pop(run.id, None)
            self.chosen.pop(run.id, None)

    # What the browser says. It may be anybody's words: what cannot be is left out, and said.

    def hear(self, name: str, message: Any) -> None:
        """found: what it had; done: which orders; state: a run's; file: one that somebody chose; act: a press."""
        hears: dict[str, Callable[[Any], None]] = {
            "found": self._had, "done": self._done, "state": self._state, "file": self._file_came, "act": self._act,
        }  # fmt: skip
        try:
            if message and (name == "act" or message["visit"] == self.visit):
                self.heard += name != "done"
                hears[name](message)
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
            return

    def _had(self, message: Any) -> None:
        if self.taken:
            return
        self.taken, foreign = True, 0
        for each in list(message["runs"])[: 2 * MOST]:
            try:
                run = read(each)
            except ValueError:
                foreign += 1
            else:
                self.runs.setdefault(run.id, run)
        if foreign:
            self.tell(t(
                "{count} of the runs that this browser had kept cannot be read, and are left out.", count=foreign
            ))
        beyond = sorted(self.runs.values(), key=lambda run: (run.pinned, run.at))[: max(0, len(self.runs) - MOST)]
        if beyond:  # kept in another tab meanwhile
            self.order("drop", gone=[run.id for run in beyond])
            self._drop(beyond)
            self.tell(*self.gone(beyond))

    def _done(self, message: Any) -> None:
        done, failed = int(message["did"]), {str(number) for number in message["failed"]}
        for order in [order for order in self.orders if order["n"] <= done]:
            if str(order["n"]) in failed:
                if order["do"] == "put":
                    self._drop([self.runs[order["run"]["id"]]] if order["run"]["id"] in self.runs else [])
                self.tell(REFUSED)
            if order["do"] != "get":
                self.orders.remove(order)

    def _state(self, message: Any) -> None:
        self.orders = [order for order in self.orders if order["do"] != "get"]
        run, state = self.runs.get(self.opening), message["state"]
        self.opening = ""
        if run is None or message["id"] != run.id:
            return
        if state is None:
            self.tell(t("“{name}” is not in this browser any more: another tab has deleted it.", name=run.name))
            return
        self.arrived = run, str(state)

    def _file_came(self, message: Any) -> None:
        name, number = str(message["name"]), int(message["number"])
        if "text" not in message:
            self.tell(too_large(name, int(message["size"])))
            return
        try:
            came = [run for run, _ in read_file(name, str(message["text"]))]
            new = [run for run in came if run.id not in self.runs]
            self._fit(name, new)
        except ValueError as problem:
            self.tell(t("{problem} What is kept stays.", problem=problem))
            return
        self.order("take", number=number, ids=[run.id for run in new])
        self.runs |= {run.id: run for run in new}
        text = plural("{count} run came with the file.", "{count} runs came with the file.", len(new))
        if len(new) < len(came):
            text += " " + t("{count} were here already.", count=len(came) - len(new))
        self.tell(text)

    def _fit(self, name: str, new: list[Kept]) -> None:
        """Raises ValueError in one sentence where there is no room for them: none that is kept goes for a file."""
        size = sum(run.size for run in (*self.runs.values(), *new))
        if len(self.runs) + len(new) > MOST or size > ROOM:
            left = MOST - len(self.runs)
            raise ValueError(t(
                "There is no room for the {count} runs of “{file}”: {most} are kept at most, and {left} more have "
                "room; delete some first.", count=len(new), file=name[:40], most=MOST, left=left
            ))

    def _act(self, message: Any) -> None:
        id, do, value = str(message["id"]), message["do"], message.get("value")
        if do in ("name", "note", "pinned"):
            self.change(id, **{do: value})
        elif do == "show":
            self.show(id, bool(value))
        elif do == "delete":
            self.drop(id)
        elif do == "open":
            self.open(id)
        elif do == "each":
            self.each = True
