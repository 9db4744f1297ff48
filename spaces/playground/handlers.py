"""Handlers of the page's controls. Each returns the parts of the page that change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from threading import Event
from typing import Any

import gradio as gr
import rendering
from feedback import FeedbackRecorder
from layout import Parts
from requests import MIDDLE, NO_ANSWER, Turn, request_of

from seedbed.core.errors import GenerationError, InputError
from seedbed.core.syntax import LANGUAGES
from seedbed.core.text.formatting import plural
from seedbed.serving.completion.answer import Answer
from seedbed.serving.completion.completer import Completer
from seedbed.serving.completion.request import CompletionRequest

Changes = dict[Any, Any]
_MERGED = " Identical candidates are shown once"
_TYPED_AHEAD = "; candidates that do not start with what you typed are left out."
_STALE = "The code has changed since this candidate was written. Complete again."
_NO_SUCH_CANDIDATE = "There is no such candidate."


class Handlers:
    """One page over one completer. What belongs to one visitor is in the state of their page."""

    def __init__(
        self, parts: Parts, completer: Completer, recorder: FeedbackRecorder, resolver: str, *, has_attribution: bool
    ) -> None:
        self._parts, self._completer, self._recorder = parts, completer, recorder
        self._resolver, self._has_attribution = resolver, has_attribution
        self._stops: dict[str | None, Event] = {}  # of visitors whose completion is running

    def complete(
        self, visitor: gr.Request, prefix: str, suffix: str, language: str, mode: str, consent: bool, *numbers: float | None
    ) -> Iterator[Changes]:
        """Complete the code, and show the first candidate while it is written."""
        yield {**self._empty(), self._parts.status: rendering.status("Writing …")}
        try:
            request = request_of(prefix, suffix if mode == MIDDLE else "", language, *numbers)
            stop = self._stops[visitor.session_hash] = Event()
            yield from self._written(request, stop, consent=consent)
        except InputError as error:
            yield {**self._empty(), self._parts.status: rendering.error(str(error))}
        except GenerationError:
            yield {**self._empty(), self._parts.status: rendering.error(NO_ANSWER)}
        finally:
            self._stops.pop(visitor.session_hash, None)

    def _written(self, request: CompletionRequest, stop: Event, *, consent: bool) -> Iterator[Changes]:
        first, text = self._parts.cards[0], ""
        for piece in self._completer.stream(request, stop.is_set):
            if stop.is_set():
                yield {**self._empty(), self._parts.status: rendering.status("Stopped.")}
                return
            if isinstance(piece, Answer):
                turn = Turn(
                    request, tuple(candidate for candidate in piece.candidates if candidate.text or candidate.is_withheld)
                )
                self._recorder.record_shown(turn, consent=consent)
                yield {**self._shown(turn), **self._summary(turn, piece)}
            else:
                if not text:
                    opened = {first.box: gr.update(visible=True), first.buttons: gr.update(visible=False)}
                    yield {**opened, first.head: rendering.writing_head(), first.badges: ""}
                text += piece
                yield {first.text: gr.update(value=text, visible=True)}

    def _summary(self, turn: Turn, answer: Answer) -> Changes:
        number, empty = len(turn.candidates), len(answer.candidates) - len(turn.candidates)
        words = f"{plural(number, 'candidate')}."
        if empty:
            words += f" {empty} more were empty."
        if len(answer.candidates) < turn.request.sampling.n:
            words += _MERGED + (_TYPED_AHEAD if answer.source == "cache" else ".")
        return {self._parts.status: rendering.status(words), self._parts.timings: rendering.timings(answer)}

    def accept(self, number: int, turn: Turn | None, prefix: str, suffix: str, mode: str, consent: bool) -> Changes:
        """Insert a candidate at the cursor."""
        if problem := self._problem(turn, number, prefix, suffix, mode):
            return problem
        stored = self._recorder.record_decision(turn, number, "accepted", consent=consent)
        return self._taken(turn, turn.candidates[number].text, f"Candidate {number + 1} was inserted. {stored}")

    def edit(self, number: int, turn: Turn | None) -> Changes:
        """Open a candidate for editing."""
        if turn is None or number >= len(turn.candidates):
            return {self._parts.status: rendering.error(_NO_SUCH_CANDIDATE)}
        edit = self._parts.edit
        words = rendering.status("Edit the candidate, then use it or go back.")
        return {
            edit.box: gr.update(visible=True),
            edit.number: number,
            edit.text: turn.candidates[number].text,
            self._parts.status: words,
        }

    def keep_edit(
        self, number: int, final: str | None, turn: Turn | None, prefix: str, suffix: str, mode: str, consent: bool
    ) -> Changes:
        """Insert the edited text at the cursor."""
        if problem := self._problem(turn, number, prefix, suffix, mode):
            return problem
        final = final or ""
        stored = self._recorder.record_decision(turn, number, "edited", consent=consent, final=final)
        return self._taken(turn, final, f"Your edited text was inserted. {stored}")

    def leave_edit(self) -> Changes:
        """Close the editor of the candidate without a change."""
        return {self._parts.edit.box: gr.update(visible=False), self._parts.status: ""}

    def reject(self, number: int, turn: Turn | None, consent: bool) -> Changes:
        """Remove a candidate from the page."""
        if turn is None or number >= len(turn.candidates):
            return {self._parts.status: rendering.error(_NO_SUCH_CANDIDATE)}
        stored = self._recorder.record_decision(turn, number, "rejected", consent=consent)
        return {
            self._parts.turn: replace(turn, rejected=turn.rejected | {number}),
            self._parts.cards[number].box: gr.update(visible=False),
            self._parts.edit.box: gr.update(visible=False),
            self._parts.status: rendering.status(f"Candidate {number + 1} was rejected. {stored}"),
        }

    def stop(self, visitor: gr.Request) -> Changes:
        """Stop the completion of this visitor. Gradio's own cancel would wait for the model's next piece."""
        stop = self._stops.get(visitor.session_hash)
        if stop is None:
            return {self._parts.status: rendering.status("Nothing is being written.")}
        stop.set()
        return {self._parts.status: gr.skip()}

    def highlight(self, language: str) -> Changes:
        """Set the syntax highlighting of all editors."""
        editors = (self._parts.prefix, self._parts.suffix, self._parts.edit.text, *(card.text for card in self._parts.cards))
        return {editor: gr.update(language=LANGUAGES[language].highlighting) for editor in editors}

    def show_suffix(self, mode: str) -> Changes:
        """Show the second editor when the middle is to be filled in."""
        return {self._parts.suffix: gr.update(visible=mode == MIDDLE)}

    def _problem(self, turn: Turn | None, number: int, prefix: str | None, suffix: str | None, mode: str) -> Changes | None:
        """Why a candidate cannot be inserted; None where it can."""
        if turn is None or number >= len(turn.candidates) or number in turn.rejected:
            return {self._parts.status: rendering.error("There is no candidate to insert. Complete first.")}
        request = turn.request
        if (prefix or "") != request.prefix or (mode == MIDDLE and (suffix or "") != request.suffix):
            return {self._parts.status: rendering.error(_STALE)}
        if turn.candidates[number].is_withheld:
            return {self._parts.status: rendering.error("The policy withholds this candidate.")}
        return None

    def _taken(self, turn: Turn, text: str, words: str) -> Changes:
        return {**self._empty(), self._parts.prefix: turn.request.prefix + text, self._parts.status: rendering.status(words)}

    def _shown(self, turn: Turn) -> Changes:
        changes: Changes = {self._parts.turn: turn}
        for number, card in enumerate(self._parts.cards):
            if number >= len(turn.candidates):
                changes[card.box] = gr.update(visible=False)
                continue
            candidate = turn.candidates[number]
            changes[card.box] = gr.update(visible=True)
            changes[card.buttons] = gr.update(visible=not candidate.is_withheld)
            changes[card.head] = rendering.head(number, candidate)
            changes[card.text] = gr.update(value=candidate.text, visible=not candidate.is_withheld)
            changes[card.badges] = rendering.badges(candidate, self._resolver, has_attribution=self._has_attribution)
        return changes

    def _empty(self) -> Changes:
        boxes = (self._parts.edit.box, *(card.box for card in self._parts.cards))
        return {**{box: gr.update(visible=False) for box in boxes}, self._parts.turn: None, self._parts.timings: ""}
