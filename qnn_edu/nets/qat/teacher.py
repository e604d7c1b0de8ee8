"""A network that learns from the answers of another: one of few bits from the float one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from numbers import Real
from typing import Any

from qnn_edu.nets.qat.layers import keras, ops
from qnn_edu.nets.qat.wiring import is_wired, wiring_of

SMALLEST = 1e-30  # whose logarithm float32 still has; a softmax may put out 0


def distill(
    student: keras.Model, teacher: keras.Model, *, temperature: float = 4.0, weight: float = 0.9
) -> keras.Model:
    """`student` as a model that learns the answers of `teacher` as well as the labels.

    Compile and fit what comes back; the layers are those of `student`, which is trained with it,
    and either can be frozen, measured, saved and converted. The loss is

        (1 - weight) loss(labels, student) + weight temperature**2 KL(teacher || student),

    the divergence of two softmaxes whose scores were divided by `temperature`: the higher it is,
    the more the teacher says of wrong classes too. The square keeps the gradient as large at any
    temperature. With `weight` 1 nobody looks at labels: compile without a loss, fit on inputs.

    Both models put out, for the same inputs, one tensor of at least two classes on its last axis:
    probabilities where a model ends in a softmax, else scores. (A teacher that only its own code
    knows is taken to put out what the student does.) The teacher stands still, and its weights are
    no weights of what comes back, but they are saved with it.

    Raises:
        ValueError: what is no Keras model; a student that is not functional or Sequential; a
            teacher that other inputs or classes belong to; ends that are no classes; a temperature
            that is not above 0, a weight that is not above 0 and at most 1.

    Source: Hinton et al. 2015, "Distilling the knowledge in a neural network", section 2; for
    quantized students Mishra and Marr 2018, "Apprentice".

    >>> from qnn_edu import nets
    >>> net = nets.models.digits_net()
    >>> taught = distill(nets.quantize_aware(net, weight_bits=2), net)
    >>> taught.compile("adam", "sparse_categorical_crossentropy")
    >>> taught.teacher is net, taught.count_params() < 2 * net.count_params()
    (True, True)
    """
    for who, model in (("student", student), ("teacher", teacher)):
        if not isinstance(model, keras.Model):
            raise ValueError(f"distill: expected a Keras model as {who}, got {_kind(model)}.")
    _require_number("temperature", temperature, float("inf"))
    _require_number("weight", weight, 1.0)
    try:
        wiring = wiring_of(student)
    except ValueError as error:
        raise ValueError(f"distill: of the student: {error}") from error
    classes = _classes(student, "student", wiring.outputs)
    taught = _classes(teacher, "teacher", _answers(teacher, wiring.inputs))
    if classes != taught:
        raise ValueError(
            f"distill: the student puts out {classes}, the teacher {taught}. Both have to sort "
            "into the same classes: give a teacher of this task."
        )
    return Distilled(student, teacher, temperature=float(temperature), weight=float(weight))


@dataclass(frozen=True, eq=False)
class _Teaching:
    """Who teaches, and how. Keras looks for weights in models and lists, so it finds none here."""

    teacher: keras.Model
    temperature: float
    weight: float


@keras.saving.register_keras_serializable("qnn_edu")
class Distilled(keras.Model):
    """What `distill` makes: a functional model of the student's layers, and a loss with a teacher.

    >>> from qnn_edu.nets.models import digits_net
    >>> taught = distill(digits_net(), digits_net(), temperature=2)
    >>> taught.get_config()["temperature"]
    2.0
    """

    def __init__(
        self,
        student: keras.Model,
        teacher: keras.Model,
        *,
        temperature: float,
        weight: float,
        **options: Any,
    ) -> None:
        wiring = wiring_of(student)
        super().__init__(wiring.inputs, wiring.outputs, **{"name": student.name} | options)
        self._teaching = _Teaching(teacher, temperature, weight)
        self._student_scores = _scores_of(student)
        self._teacher_scores = _scores_of(teacher if is_wired(teacher) else student)

    @property
    def teacher(self) -> keras.Model:
        """Whose answers are learned. Keras saves the weights of what it finds here."""
        return self._teaching.teacher

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """The loss of a batch, as Keras's trainer asks for it."""
        weight, how = self._teaching.weight, self._teaching
        scores = self._student_scores(y_pred) / how.temperature
        answers = self._teacher_scores(how.teacher(x, training=False)) / how.temperature
        taught = how.temperature**2 * divergence(answers, scores, sample_weight)
        loss = weight * (taught + sum(self.losses))
        if weight < 1:
            loss += (1 - weight) * super().compute_loss(x, y, y_pred, sample_weight, training)
        return loss

    def get_config(self) -> dict[str, Any]:
        student = keras.Model(self.input, self.output, name=self.name)
        both = {"student": student, "teacher": self.teacher}
        how = {"temperature": self._teaching.temperature, "weight": self._teaching.weight}
        return {name: keras.saving.serialize_keras_object(x) for name, x in both.items()} | how

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Distilled:
        both = {
            name: keras.saving.deserialize_keras_object(config[name], custom_objects)
            for name in ("student", "teacher")
        }
        return cls(**config | both)


def divergence(answers: Any, scores: Any, sample_weight: Any = None) -> Any:
    """KL(softmax(answers) || softmax(scores)), classes last, the mean over all else.

    >>> answers = ops.log(ops.convert_to_tensor([[0.75, 0.25]]))
    >>> float(divergence(answers, answers))
    0.0
    >>> round(float(divergence(answers, ops.zeros_like(answers))), 3)  # 0.75 log 1.5 - 0.25 log 2
    0.131
    """
    answers = ops.stop_gradient(answers)
    entropy = keras.losses.CategoricalCrossentropy(from_logits=True)
    wanted = ops.softmax(answers)
    return entropy(wanted, scores, sample_weight) - entropy(wanted, answers, sample_weight)


def _scores_of(model: keras.Model) -> Callable[[Any], Any]:
    """What makes scores of the model's outputs, but for a number added to all of an example's."""
    if _end(model) == "softmax":
        return lambda y: ops.log(ops.maximum(ops.cast(y, "float32"), SMALLEST))
    return lambda y: ops.cast(y, "float32")


def _end(model: keras.Model) -> str:
    """The activation at the end of a model, such as "softmax"; "linear" where there is none."""
    steps = wiring_of(model).steps
    last = steps[-1].operation if steps else None
    if is_wired(last):
        return _end(last)
    activation = getattr(last, "activation", None)
    return getattr(activation, "__name__", type(last).__name__.lower())


def _answers(teacher: keras.Model, inputs: Any) -> Any:
    """What the teacher puts out for the student's inputs, as Keras's symbols."""
    try:
        return teacher.compute_output_spec(inputs)
    except Exception as error:  # Keras and each backend have their own for a shape
        takes = [tuple(each.shape) for each in keras.tree.flatten(inputs)]
        said = " ".join(str(error).split())[:200]
        raise ValueError(
            f"distill: the teacher cannot be called on what the student takes, {takes}: {said}"
        ) from error


def _classes(model: keras.Model, who: str, output: Any) -> tuple[int | None, ...]:
    """The shape of the output, which has to be a distribution over classes."""
    end = _end(model) if is_wired(model) else "linear"
    shapes = [tuple(each.shape) for each in keras.tree.flatten(output)]
    if len(shapes) > 1 or len(shapes[0]) < 2 or (shapes[0][-1] or 2) < 2 or end == "sigmoid":
        ends = " behind a sigmoid" if end == "sigmoid" else ""
        raise ValueError(
            f"distill: the {who} puts out {', '.join(map(str, shapes))}{ends}. Expected one tensor "
            "with at least two classes on its last axis, which a softmax weighs against each other."
        )
    return shapes[0]


def _require_number(name: str, value: Any, highest: float) -> None:
    number = isinstance(value, Real) and not isinstance(value, bool)
    if not (number and 0 < value <= highest and value < float("inf")):
        most = "" if highest == float("inf") else f" and at most {highest:g}"
        raise ValueError(f"distill: {name} is a number above 0{most}; got {value!r}.")


def _kind(thing: Any) -> str:
    return type(thing).__name__
