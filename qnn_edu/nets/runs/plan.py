"""What a training run is: all that decides its weights, in one frozen dataclass."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from qnn_edu.nets.qat.ranges import PREPARED_RANGES
from qnn_edu.nets.runs.methods import METHODS, SHARED, WIDTHS, contradiction

MODELS = {"digits": ("digits_net",), "cifar10": ("resnet8", "resnet20", "mobilenet_v1")}
BACKENDS = ("tensorflow", "jax")
OPTIMIZERS = ("sgd", "adam")

_TRAINED = {  # what trains well, by data set and method; the last epochs of QAT are frozen
    ("digits", "float"): {"epochs": 30, "batch": 64, "optimizer": "adam", "learning_rate": 0.02},
    ("digits", "qat"): {
        "epochs": 10,
        "batch": 64,
        "optimizer": "adam",
        "learning_rate": 0.002,
        "frozen_epochs": 2,
    },
    ("cifar10", "float"): {"epochs": 20, "learning_rate": 0.1, "weight_decay": 1e-4},
    ("cifar10", "qat"): {"weight_decay": 1e-4},
}
_COLOUR_QAT = {8: (3, 0.003), 4: (6, 0.03), 3: (8, 0.03), 2: (12, 0.03)}  # bits: epochs, rate
_MORE_BITS = {3: 4, 2: 3}  # which bits a network is trained with before it gets fewer
_PTQ = {"epochs": 0, "learning_rate": 0.0, "weight_decay": 0.0, "augment": False}

STARTS = ("usual", "float", "ptq")  # words for where QAT begins
_GRID = {  # what a run shares with a start that is quantized too
    "qat": ("ranges", "per_channel", "teacher"),
    "ptq": ("per_channel", "rounding"),
    "float": (),
}
_STEPS = ("ranges", "rounding")
_LATER = {
    "teacher": None,
    "rounding": "nearest",
}  # left out of JSON at these values: results from before stay good
_NAMED = ("dataset", "model", "method", "seed", "bits", "per_channel", "start", *_STEPS)


@dataclass(frozen=True)
class Run:
    """All that decides the weights of a training run, and so its results.

    `method`: "float"; "qat", training with fake quantizers from where `start` ended, a float run of
    the same network, data and seed, one with more bits, or a "ptq" run with as many; "ptq", those
    fake quantizers on the weights of `start`, a float run, with their ranges measured and nothing
    trained, or with weights rounded as in `quantize_trained`, by another `rounding` than "nearest"
    ("distill" trains some seconds, without labels).
    `bits` are those of weights and activations, None for float; `ranges` and `per_channel` as in
    `quantize_aware`. `teacher` "float": QAT learns the answers of the float run as well, as
    `distill` has it. `width` is channels of a ResNet's first stage, or a MobileNet's multiplier;
    `first_stride` is MobileNet's.

    The learning rate falls from `learning_rate` to 0 along half a cosine. Batch normalisation and
    averaged ranges stand still in the last `frozen_epochs`; where there are none, the statistics of
    normalisation are measured anew when the weights are found. `augment`: images are shifted, and
    those of CIFAR-10 mirrored, at random.

    Raises:
        ValueError: what is not known or does not fit together. Build one with `planned`, which
            fills in what usually fits.

    >>> planned("digits", "digits_net", "qat", bits=4).name
    'digits_digits_net_qat4_ema_channel_seed1'
    """

    dataset: str
    model: str
    method: str
    seed: int = 1
    bits: int | None = None
    ranges: str = "ema"
    per_channel: bool = True
    width: float | None = None
    first_stride: int = 1
    epochs: int = 1
    frozen_epochs: int = 0
    batch: int = 128
    optimizer: str = "sgd"
    learning_rate: float = 0.1
    weight_decay: float = 0.0
    augment: bool = True
    backend: str = "tensorflow"
    teacher: str | None = None
    rounding: str = "nearest"
    start: Run | None = None

    def __post_init__(self) -> None:
        for what, value, known in (
            ("data set", self.dataset, tuple(MODELS)),
            (f"model for {self.dataset}", self.model, MODELS.get(self.dataset, ())),
            ("method", self.method, METHODS),
            ("ranges", self.ranges, PREPARED_RANGES),
            ("optimizer", self.optimizer, OPTIMIZERS),
            ("backend", self.backend, BACKENDS),
        ):
            if value not in known:
                raise ValueError(f"Run: no {what} {value!r}; choose one of {', '.join(known)}.")
        if wrong := contradiction(self):
            raise ValueError(f"Run: {wrong}")

    @property
    def root(self) -> Run:
        """The float run that all began with.

        >>> planned("cifar10", "resnet8", "qat", bits=2).root.method
        'float'
        """
        return self.start.root if self.start else self

    @property
    def needs(self) -> list[Run]:
        """The runs whose weights this one begins with or learns from."""
        if self.start is None:
            return []
        needs_root = self.teacher or self.start.method == "ptq"
        return list(dict.fromkeys([self.start, self.root] if needs_root else [self.start]))

    @property
    def name(self) -> str:
        """What the run is, as the name of a folder; what is not as usual stands at the end.

        A chosen rounding stands where else ranges do.

        >>> planned("digits", "digits_net", "float", epochs=2).name
        'digits_digits_net_float_seed1_epochs2'
        """
        kind = [self.dataset, self.model, self.method]
        if self.method != "float":
            kind[-1] += str(self.bits)
            steps = self.ranges if self.rounding == "nearest" else self.rounding
            kind += [steps, "channel" if self.per_channel else "tensor"]
        changed = [f"{name.replace('_', '')}{value}" for name, value in _unusual(self).items()]
        return "_".join([*kind, f"seed{self.seed}", *changed])


def planned(
    dataset: str,
    model: str,
    method: str,
    *,
    bits: int | None = None,
    begin: str = "usual",
    **changes: Any,
) -> Run:
    """A `Run` in which what `changes` leaves out is what trains well.

    A run that is not float starts from the run of `comes_from` that is planned the same way; among
    `changes`, `start` is another. The `rounding` of QAT that begins at "ptq" is that of its start.

    Raises:
        ValueError: what `Run` refuses.

    >>> run = planned("cifar10", "resnet8", "qat", bits=3, seed=2)
    >>> run.epochs, run.learning_rate, run.start.bits, run.start.start.method
    (8, 0.03, 4, 'float')
    """
    usual = _usual(dataset, model, method, bits)
    before = comes_from(dataset, method, bits, begin)
    if before and "start" not in changes:
        kept = SHARED + _GRID[before[0]]
        same = {name: changes[name] for name in kept if name in changes}
        usual["start"] = planned(dataset, model, before[0], bits=before[1], **same)
    if before and before[0] == "ptq":
        changes.pop("rounding", None)
    return Run(dataset, model, method, bits=bits, **usual | changes)


def comes_from(
    dataset: str, method: str, bits: int | None, begin: str = "usual"
) -> tuple[str, int | None] | None:
    """Method and bits of the run that such a run starts from; None for a float one.

    `begin` "usual": on colour images bits are taken away in steps, for a network with 3 is closer
    to one with 2 than the float one is; digits are learned from the float one within seconds.
    "float": always from that one. "ptq": QAT from the network rounded to as many bits.

    Raises:
        ValueError: another word.

    Source: Zhuang et al. 2018, "Towards effective low-bitwidth convolutional neural networks".

    >>> comes_from("cifar10", "qat", 2), comes_from("digits", "qat", 2)
    (('qat', 3), ('float', None))
    >>> comes_from("cifar10", "qat", 2, "ptq")
    ('ptq', 2)
    """
    if begin not in STARTS:
        raise ValueError(f"Run: no start {begin!r}; choose one of {', '.join(STARTS)}.")
    if method == "float":
        return None
    if method == "qat" and begin == "ptq":
        return "ptq", bits
    if (dataset, method, begin) == ("cifar10", "qat", "usual") and bits in _MORE_BITS:
        return "qat", _MORE_BITS[bits]
    return "float", None


def as_json(run: Run) -> dict[str, Any]:
    """A run as what JSON holds.

    >>> as_json(planned("digits", "digits_net", "float"))["optimizer"]
    'adam'
    """
    values = {field.name: getattr(run, field.name) for field in fields(run)}
    later = {name for name, usual in _LATER.items() if values[name] == usual}
    start = {"start": as_json(run.start) if run.start else None}
    return {name: value for name, value in (values | start).items() if name not in later}


def _usual(dataset: str, model: str, method: str, bits: int | None) -> dict[str, Any]:
    """The values of fields that usually fit."""
    usual = {"width": WIDTHS.get(model)}
    if (dataset, method) == ("cifar10", "qat"):
        fitting = min((n for n in _COLOUR_QAT if n >= (bits or 8)), default=8)
        usual["epochs"], usual["learning_rate"] = _COLOUR_QAT[fitting]
    habits = _TRAINED.get((dataset, "float" if method == "ptq" else method), {})
    return usual | habits | (_PTQ if method == "ptq" else {})


def _unusual(run: Run, inherited: dict[str, Any] | None = None) -> dict[str, Any]:
    """What a run has otherwise than `planned` fills in, its start's training included.

    `inherited`: what `planned` gives a start of the run that starts from it.
    """
    defaults = {field.name: field.default for field in fields(Run) if field.name not in _NAMED}
    usual = defaults | _usual(run.dataset, run.model, run.method, run.bits) | (inherited or {})
    changed = {name: getattr(run, name) for name in usual if getattr(run, name) != usual[name]}
    if run.start:
        start = _unusual(run.start, {"teacher": run.teacher} if run.start.method == "qat" else {})
        if (run.start.method, run.start.bits) != comes_from(run.dataset, run.method, run.bits):
            chosen = "" if run.start.rounding == "nearest" else run.start.rounding
            changed["start"] = f"{run.start.method}{run.start.bits or ''}{chosen}"
        changed |= {f"start_{name}": start[name] for name in start if name not in SHARED}
    return changed
