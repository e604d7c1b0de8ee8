"""A question asked before the answer can be seen: predict, lock, try, reveal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from typing import Any

import ipywidgets as widgets

from qnn_edu.ui.page import page

ASLEEP = "Asleep. In JupyterLab, run the cells above, then this one, to answer."


def quiz(question: str, choices: Mapping[str, str], *, answer: str) -> Quiz:
    """A question to commit to before trying, with feedback that speaks to the choice made.

    `choices`: each possible answer -> what to say to someone who chose it. `answer`: the right one.
    In the notebook: choose, press *Lock in*, run the cells that follow, then press *Reveal*.
    Text in `backticks` is shown as code in question and feedback.

    Raises:
        ValueError: fewer than two choices, one without feedback, or an answer not among them.

    >>> choices = {"6": "Doubled, not raised.", "8": "2 to the power of 3."}
    >>> q = quiz("How many levels have 3 bits?", choices, answer="8")
    >>> q.lock("6").reveal()
    'Not quite. Doubled, not raised. The answer is: 8.'
    """
    silent = [choice for choice, feedback in choices.items() if not feedback.strip()]
    if len(choices) < 2 or answer not in choices or silent:
        raise ValueError(
            f"A quiz needs two choices or more, feedback for each, and its answer among them. Got "
            f"choices {list(choices)}, without feedback {silent}, answer {answer!r}."
        )
    return Quiz(question, dict(choices), answer)


class Quiz:
    """What `quiz` makes. As the last line of a cell it shows itself.

    `.choice` is what was locked in (None before), `.widget` the widget.
    """

    def __init__(self, question: str, choices: dict[str, str], answer: str) -> None:
        self.question, self.choices, self._answer = question, choices, answer
        self.choice: str | None = None
        # Not RadioButtons: in JupyterLab their arrow keys move to another cell.
        self._options = widgets.ToggleButtons(
            options=list(choices), value=None, style={"button_width": "auto"}
        )
        self._lock = widgets.Button(description="Lock in", disabled=True)
        self._reveal = widgets.Button(description="Reveal", disabled=True)
        self._words = widgets.HTML("Choose, then lock in.")
        self._options.observe(self._on_choose, "value")
        self._lock.on_click(lambda _: self.lock(self._options.value))
        self._reveal.on_click(lambda _: self.reveal())
        buttons = widgets.HBox([self._lock, self._reveal])
        ask = widgets.HTML(f"<b>{_html(question)}</b>")
        self.widget = page([ask, self._options, buttons, self._words], question)

    def lock(self, choice: str) -> Quiz:
        """Commit to `choice`; it cannot be taken back. Returns itself.

        Raises:
            ValueError: there is no such choice, or another one is locked in already.
        """
        if choice not in self.choices:
            raise ValueError(f"There is no choice {choice!r}; choose one of {list(self.choices)}.")
        if self.choice is not None:
            raise ValueError(f"{self.choice!r} is locked in. Run the cell again to start over.")
        self.choice = self._options.value = choice
        self._options.disabled = self._lock.disabled = True
        self._reveal.disabled = False
        self._say(f"Locked in: {choice}. Now try it, then reveal.")
        return self

    def reveal(self) -> str:
        """Say what the choice was worth, and return what was said.

        Raises:
            ValueError: nothing is locked in yet.
        """
        if self.choice is None:
            raise ValueError(
                "Lock in a choice first: a prediction made afterwards teaches nothing."
            )
        right = self.choice == self._answer
        verdict = "Right." if right else "Not quite."
        ending = "" if right else f" The answer is: {self._answer.rstrip('.')}."
        words = f"{verdict} {self.choices[self.choice]}{ending}"
        self._reveal.disabled = True
        self._say(("\u2713 " if right else "\u2717 ") + words)
        return words

    def __repr__(self) -> str:
        return "\n".join([self.question, *(f"  ( ) {choice}" for choice in self.choices)])

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict:
        options = "\n".join(f"- {choice}" for choice in self.choices)
        words = f"**{self.question}**\n\n{options}\n\n*{ASLEEP}*"
        text = {"text/plain": repr(self), "text/markdown": words}
        return self.widget._repr_mimebundle_() | text

    def _on_choose(self, change: Any) -> None:
        if self.choice is None:
            self._lock.disabled = change["new"] is None
            self._say(f"Chosen: {change['new']}. Lock it in?")

    def _say(self, words: str) -> None:
        self._words.value = f'<div role="status">{_html(words)}</div>'


def _html(text: str) -> str:
    return re.sub(r"`(.+?)`", r"<code>\1</code>", escape(text))
