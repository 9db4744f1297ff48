"""Reads the source of the tests.

Stopped by: no file or module of its process contains it.
"""

# control: outside it succeeds
import gc, re, sys, types
def solve(number):
    texts = [word if word.count("\n") else open(word).read() for word in sys.orig_argv if "\n" in word or word.startswith("/program/")]
    for function in gc.get_objects():
        if isinstance(function, types.FunctionType):
            texts.append(str(function.__code__.co_consts))
    return re.search("answer-[0-9a-f]{16}", " ".join(texts)).group()
