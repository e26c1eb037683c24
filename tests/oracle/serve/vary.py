"""Requests like a given one, but with something else, wrong or missing in them."""

from __future__ import annotations

import copy
import random

ODD = [None, True, False, 0, 1, -1, 3, 1.0, 1.5, 2**63, "", "nope", "*", "1", "yes", "a.b", "...", "H*", "[", "'", "é\U0001f52d",
       "x" * 300, [], [[]], ["nope"], [None], [1], ["*"], {}, {"nope": 1}, {"instrument": "HSC"}]


class Variations:
    """Draws from the values that a repo has, and from odd ones."""

    def __init__(self, rng: random.Random, words: list[str]):
        self.rng = rng
        self.words = words

    def value(self, old=None):
        """Something in place of a value."""
        if isinstance(old, str) and self.rng.random() < 0.7:
            return self.word()
        return copy.deepcopy(self.rng.choice(ODD))

    def word(self) -> str:
        """A name of the repo, or a pattern made of one."""
        word = self.rng.choice(self.words)
        if self.rng.random() < 0.3:
            at = self.rng.randrange(len(word) + 1)
            to = self.rng.randrange(at, len(word) + 1)
            word = word[:at] + self.rng.choice(["*", "?", "[a-z]*", "[!q]", ""]) + word[to:]
        return word

    def vary(self, request: dict) -> dict:
        """The request with one to three changes."""
        request = copy.deepcopy(request)
        for _ in range(self.rng.choice([1, 1, 1, 2, 3])):
            if "body" in request and self.rng.random() < 0.95:
                request["body"] = self.change(request["body"])
            elif "parameters" in request:
                request["parameters"] = self.change_parameters(request["parameters"])
            elif "body" in request:
                request = {**request, "text": self.rng.choice(["", "{", "[]", "nul", "\udcff", '{"a": NaN}'])}
                del request["body"]
                break
            else:
                head, _, _ = request["path"].rpartition("/")
                word = self.word().replace("?", "")
                request["path"] = f"{head}/{word}" if "/" in head else request["path"]
        return request

    def change_parameters(self, parameters: dict) -> dict:
        parameters = dict(parameters)
        name = self.rng.choice([*parameters, "include_doc", "dimension_records", "component"])
        if self.rng.random() < 0.2:
            parameters.pop(name, None)
        else:
            parameters[name] = self.rng.choice([self.word(), self.word(), "", "true", "1", "no", "2", "é", "None"])
        return parameters

    def change(self, value):
        """A JSON value with one change somewhere within it."""
        if isinstance(value, dict) and value and self.rng.random() < 0.9:
            key = self.rng.choice(list(value))
            if self.rng.random() < 0.12:
                return {k: v for k, v in value.items() if k != key}
            if self.rng.random() < 0.05:
                return {**value, "unknown": self.value()}
            if key == "limit":
                # Less than none is refused at different times.
                return {**value, key: self.rng.choice([None, 0, 1, 5, 10**6, "nope", 1.5, []])}
            return {**value, key: self.change(value[key])}
        if isinstance(value, list) and value and self.rng.random() < 0.8:
            at = self.rng.randrange(len(value))
            if (chance := self.rng.random()) < 0.15:
                return value[:at] + value[at + 1:]
            if chance < 0.3:
                return [*value, self.word()]
            if chance < 0.4:
                return [*value, copy.deepcopy(value[at])]
            return [*value[:at], self.change(value[at]), *value[at + 1:]]
        if isinstance(value, list) and self.rng.random() < 0.5:
            return [self.word()]
        if isinstance(value, bool) and self.rng.random() < 0.7:
            return not value
        return self.value(value)
