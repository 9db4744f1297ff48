"""Decisions of Python, one of each."""


def straight(first, second):
    return first + second


def chain(value, *rest, limit: int = 3, **options):
    if value > limit and rest:
        return value
    elif not rest or options:
        return limit
    return [item for item in rest if item]


def loops(items):
    for item in items:
        while item:
            item -= 1
        else:
            continue
    return 1 if items else 0


def guarded(path):
    try:
        with open(path) as stream:
            return f"{stream.read() if path else ''}"
    except OSError:
        return None
    finally:
        assert path


def matched(command):
    match command:
        case ["go", where] if where:
            return where
        case _:
            return None


class Outer:
    def method(self, key=lambda x: x or 1):
        def inner(value):
            return value and self

        return inner if key else None
