"""Config: everything that decides a run, in one frozen, flat record. Same Config, same numbers.

Every field declares what it may be, once; the checks, the URL and the app's controls all read that declaration.
"""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Any, NamedTuple

from rnn_core.cells import CELLS
from rnn_core.initializers import INITIALIZERS
from rnn_core.optimizers import OPTIMIZERS
from rnn_core.registry import Registry, short
from rnn_core.starts import START_WEIGHTS
from rnn_core.step import CLIPPING
from rnn_core.tasks import TASKS
from rnn_core.words import t


class Field(NamedTuple):
    """What a field of Config may be. kind: "choice" (one of options), "int", "float" (low to high) or "flag" (true or
    false).

    live: may change while the network trains. log: its natural scale is logarithmic. screen: the part of the range
    that a control offers.
    """

    name: str
    default: Any
    kind: str
    help: str
    options: tuple[str, ...] = ()
    low: float = 0
    high: float = 0
    screen: tuple[float, float] = (0, 0)
    log: bool = False
    live: bool = False

    @property
    def allowed(self) -> str:
        """In words, what a value must be."""
        return {
            "choice": t("one of {options}", options=", ".join(self.options)),
            "flag": t("true or false"),
            "int": t("a whole number from {low} to {high}", low=int(self.low), high=int(self.high)),
            "float": t("a number from {low} to {high}", low=f"{self.low:g}", high=f"{self.high:g}"),
        }[self.kind]

    def check(self, value: Any) -> Any:
        """The value as this field's type. Raises ValueError naming field, value and what is allowed."""
        good = {
            "choice": lambda: isinstance(value, str) and value in self.options,
            "flag": lambda: isinstance(value, bool),
            "int": lambda: not isinstance(value, bool) and value == int(value) and self.low <= value <= self.high,
            "float": lambda: (
                not isinstance(value, bool) and isinstance(value, Real) and self.low <= float(value) <= self.high
            ),
        }
        try:
            if good[self.kind]():
                return {"int": int, "float": float}.get(self.kind, lambda same: same)(value)
        except (TypeError, ValueError, OverflowError):
            pass  # said below, in the same words
        raise ValueError(self.refusal(value))

    def parse(self, text: str) -> Any:
        """The value that a URL's string stands for. Raises ValueError like check."""
        try:
            if self.kind == "flag":
                return self.check({"true": True, "false": False}[str(text).strip().lower()])
            return self.check({"int": int, "float": float}.get(self.kind, str)(str(text)))
        except (KeyError, ValueError):
            raise ValueError(self.refusal(text)) from None

    def refusal(self, value: Any) -> str:
        """Why it is not taken, naming field, value and what is allowed."""
        return t("{name} is {value}; it must be {allowed}", name=self.name, value=short(value), allowed=self.allowed)


def choice(default: str, options: Iterable[str], help: str, *, live: bool = False) -> Any:
    return dataclasses.field(
        default=default, metadata={"kind": "choice", "options": tuple(options), "help": help, "live": live}
    )


def number(
    default: float,
    low: float,
    high: float,
    help: str,
    *,
    screen: tuple[float, float] | None = None,
    log: bool = False,
    live: bool = False,
) -> Any:
    return dataclasses.field(
        default=default,
        metadata={
            "kind": "int" if isinstance(default, int) else "float",
            "low": low,
            "high": high,
            "help": help,
            "screen": screen or (low, high),
            "log": log,
            "live": live,
        },
    )


def flag(default: bool, help: str) -> Any:
    return dataclasses.field(default=default, metadata={"kind": "flag", "help": help})


@dataclass(frozen=True)
class Config:
    """What decides a run. Raises ValueError, naming field, value and what is allowed, for any value that is not."""

    task: str = choice("echo", TASKS, t("The sequence task to learn. Each opens with settings that suit it."))
    cell: str = choice(
        "rnn", CELLS, t("How h_t is computed from x_t and h_{t−1}. Gates and residual paths let a state last longer.")
    )
    hidden_size: int = number(
        16, 1, 1024, t("The number of hidden units, H. More can hold more, and W_hh grows with H²."), screen=(1, 64)
    )
    learning_rate: float = number(
        0.005,
        1e-6,
        10.0,
        t("The size of an update, η. Too large: the loss jumps or diverges. Too small: learning takes long."),
        screen=(1e-4, 10.0),
        log=True,
        live=True,
    )
    clip: str = choice(
        "norm",
        CLIPPING,
        t("What happens to a gradient above the threshold. By norm it is shortened and keeps its direction; by value "
        "each number is cut, which turns it."),
        live=True,
    )
    clip_threshold: float = number(
        1.0,
        1e-4,
        1000.0,
        t("The largest norm, or by value the largest number, that a gradient keeps. What is above it is clipped."),
        screen=(0.01, 10.0),
        log=True,
        live=True,
    )
    length: int = number(
        20,
        1,
        1000,
        t("The number of time steps, T. A longer sequence adds columns and no parameters; gradients have further to "
          "go."),
        screen=(2, 60),
    )
    k: int = number(3, 1, 100, t("The lag: how many steps back the answer lies. The state must hold it that long."),
                    screen=(1, 20))
    batch_size: int = number(
        16,
        1,
        1024,
        t("The number of sequences in a training step, B. Averaging more of them makes the gradient less noisy."),
        screen=(1, 64),
    )
    optimizer: str = choice(
        "adam",
        OPTIMIZERS,
        t("How the gradient becomes an update. Adam and RMSprop divide it by the size of recent gradients."),
    )
    layers: int = number(
        1, 1, 4, t("The number of recurrent layers. Each reads the hidden states of the layer below as its input.")
    )
    layer_skip: bool = flag(
        False,
        t("A residual connection between layers: each after the first adds its input to its output. Gradients "
          "then have a way past each layer."),
    )
    initializer: str = choice(
        "uniform",
        INITIALIZERS,
        t("The distribution that the weights start from. Orthogonal and identity keep a signal's length."),
    )
    init_scale: float = number(
        0.1, 0.0, 10.0, t("The standard deviation of the initializers that have one. Large weights saturate tanh.")
    )
    input_scale: float = number(
        1.0, 0.0, 1000.0, t("Multiplies W_xh at the start: the size of the inputs. Large inputs saturate tanh."),
        screen=(0.0, 10.0),
    )
    recurrent_scale: float = number(
        0.0,
        0.0,
        10.0,
        t("The spectral radius of W_hh at the start. Small lets a state fade, large lets it grow; 0 leaves it as "
          "drawn."),
    )
    forget_bias: float = number(
        1.0, -20.0, 20.0, t("Added to the bias of an LSTM's forget gate at the start. Large keeps c_t for longer.")
    )
    start_weights: str = choice(
        "drawn",
        START_WEIGHTS,
        t("Weights set by hand, in place of drawn ones: a network that does something at once. Training goes on from "
          "there."),
    )
    bptt_window: int = number(
        0,
        0,
        1000,
        t("Truncated BPTT: no gradient passes from one block of this many steps to the one before. 0: one block."),
        screen=(0, 60),
    )
    start: str = choice(
        "zero",
        ("zero", "carried"),
        t("The state that a sequence starts from: zero, or carried over from the last one. What came before can be "
          "used then, but no gradient goes back there."),
    )
    teacher_forcing: float = number(
        1.0,
        0.0,
        1.0,
        t("How often in training the decoder reads the right symbol. Otherwise it is free-running: it reads its own."),
    )
    horizon: int = number(
        6, 1, 100, t("How many steps ahead the network predicts. It learns the value that far ahead, none before it."),
        screen=(1, 30),
    )
    reverse_input: bool = flag(
        False, t("Whether the encoder reads backward. What the decoder needs first has then been read last.")
    )
    seed: int = number(
        1, 0, 2**31 - 1, t("The seed of weights and data. The same seed and settings give the same run."))
    dtype: str = choice(
        "float32",
        ("float32", "float64"),
        t("The precision of all numbers: about 7 digits, or about 16. Networks are usually trained with 7."),
    )

    def __post_init__(self) -> None:
        for field in self.fields().values():
            object.__setattr__(self, field.name, field.check(getattr(self, field.name)))
        TASKS[self.task].check(self)
        START_WEIGHTS[self.start_weights].check(self)

    @classmethod
    def fields(cls) -> dict[str, Field]:
        """The declarations by name."""
        return FIELDS

    @classmethod
    def of_task(cls, task: str, **changes: Any) -> "Config":
        """A task with its own defaults and these changes, as an address of the playground reads."""
        return cls(**{"task": task, **TASKS[task].defaults, **changes})

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, str]) -> "Config":
        """A Config out of a URL's strings. Raises ValueError in one sentence for a name or a value that cannot be."""
        for name in mapping:
            if name not in FIELDS:
                known = ", ".join(FIELDS)
                raise ValueError(t("{name} is no setting; the settings are {known}", name=short(name), known=known))
        return cls(**{name: FIELDS[name].parse(text) for name, text in mapping.items()})

    def to_mapping(self) -> dict[str, str]:
        """Only what differs from the defaults, as strings that from_mapping reads back to the very same Config."""
        values = {field.name: getattr(self, field.name) for field in FIELDS.values()}
        return {
            name: str(value).lower() if isinstance(value, bool) else str(value)
            for name, value in values.items()
            if value != FIELDS[name].default
        }


FIELDS = Registry(
    "setting", {field.name: Field(field.name, field.default, **field.metadata) for field in dataclasses.fields(Config)}
)


def checked(config: Config) -> Config:
    """The Config itself. Raises ValueError in one sentence for what is none."""
    if not isinstance(config, Config):
        raise ValueError(
            f"config is {short(config)}; it must be a Config, as Config(task='echo', cell='lstm') makes one"
        )
    return config
