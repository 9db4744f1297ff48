"""Copyright statements: every form in every comment, nothing cut, no time without bound."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.data.notices.statements import MAX_LENGTH, MAX_STATEMENTS, copyrights, holders

FORMS = (
    "Copyright 2019 Brook Street Ltd.",
    "Copyright (c) 2019-2023 Brook Street Ltd.",
    "Copyright (C) Brook Street Ltd.",
    "COPYRIGHT 1998, 2001 BROOK STREET LTD.",
    "Copyright © 2019 Brook Street Ltd. All rights reserved.",
    "(c) 2019 Brook Street Ltd.",
    "© 2019 Brook Street Ltd.",
    "Copyright: 2019, Brook Street Ltd.",
    "Copyright The Brook Street Authors",
    "Copyright by Brook Street Ltd.",
    "SPDX-FileCopyrightText: 2019 Brook Street Ltd.",
    "Portions Copyright 2019 Brook Street Ltd.",
    "Portions created by the first author are Copyright (C) 2019 Brook Street Ltd.",
)
COMMENTS = (
    "{}",
    "# {}",
    "// {}",
    "/* {} */",
    " * {}",
    "-- {}",
    '"""{}"""',
    "<!-- {} -->",
    ";; {}",
    "(* {} *)",
    "REM {}",
    "% {}",
    ".. {}",
)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("comment", COMMENTS)
def test_every_form_is_read_in_every_comment(form: str, comment: str) -> None:
    text = comment.format(form) + "\nimport os\n"

    (statement,) = copyrights(text).statements

    assert form.rstrip(".") in statement
    assert "brook street" in holders(statement).lower()


@pytest.mark.parametrize(
    "text",
    [
        "The above copyright notice shall be included in all copies.",
        "THE COPYRIGHT HOLDERS AND CONTRIBUTORS PROVIDE IT AS IS",
        "2. Grant of Copyright License. Each Contributor grants You",
        "Copyright [yyyy] [name of copyright owner]",
        "Copyright (c) <year> <owner>",
        "Copyright (C) {year} {fullname}",
        "Copyright law forbids it.",
        "Neither the name of the copyright holder nor",
        "call(c) + f(c)",
        "def copyright(self): return self.copyright",
        "(a) one (b) two (c) Three",
    ],
)
def test_talk_of_copyright_and_empty_forms_are_no_statement(text: str) -> None:
    assert copyrights(text).statements == ()


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        ("# Copyright 2001, 2002\n#   Brook Street Ltd.\n", "Copyright 2001, 2002 Brook Street Ltd."),
        ("/* Copyright (c) 2001 Ann,\n *    Bob and\n *    Cid. */", "Copyright (c) 2001 Ann, Bob and Cid."),
        ("// Copyright 2001 Ann\n// and 2003 Bob\n// Free for all.", "Copyright 2001 Ann and 2003 Bob"),
        ('__copyright__ = "Copyright (c) 2001 Ann"', "Copyright (c) 2001 Ann"),
        ("# Copyright 2001 Ann. Permission is hereby granted to all.", "Copyright 2001 Ann."),
    ],
)
def test_a_statement_goes_on_below_and_ends_where_the_license_begins(text: str, statement: str) -> None:
    assert copyrights(text).statements == (statement,)


@given(st.lists(st.sampled_from(FORMS[:4]), min_size=1, max_size=6, unique=True), st.sampled_from(COMMENTS))
def test_statements_come_in_their_order_each_once(forms: list[str], comment: str) -> None:
    text = "\n".join(comment.format(form) for form in [*forms, *forms])

    statements = copyrights(text).statements

    assert [form.rstrip(".") for form in forms] == [statement.rstrip(".") for statement in statements]


@given(st.text(alphabet=st.sampled_from(list("copyright (c)©2019,<>&;.-#/*\n ABab\u202e")), max_size=400))
def test_any_text_gives_short_statements_on_one_line(text: str) -> None:
    for statement in copyrights(text).statements:
        assert 0 < len(statement) <= MAX_LENGTH + 150
        assert "\n" not in statement
        assert len(holders(statement)) <= len(statement)


def test_a_name_in_other_letters_stays_as_it_is() -> None:
    text = "# Copyright © 2020 Günter Müller, 山田太郎 and Étienne\n"

    assert copyrights(text).statements == ("Copyright © 2020 Günter Müller, 山田太郎 and Étienne",)


def test_what_a_limit_cuts_is_not_complete() -> None:
    many = "\n".join(f"Copyright 2020 Holder {number}" for number in range(2 * MAX_STATEMENTS))

    assert len(copyrights(many).statements) == MAX_STATEMENTS
    assert not copyrights(many).is_complete
    assert not copyrights("copyright " * 5_000).is_complete
    assert copyrights("copyright notice\n" * 5_000).is_complete


@pytest.mark.parametrize(
    "piece",
    [
        "copyright",
        "copyright" + "." * 391,
        "(c)" + " " * 400,
        "copyright 2010 " + "<y" * 180,
        "#" * 400 + "copyright X\n",
        "copyright\n",
    ],
)
def test_hostile_text_takes_time_in_proportion(piece: str) -> None:
    text = piece * (500_000 // len(piece))
    start = time.process_time()

    copyrights(text)

    assert time.process_time() - start < 20  # a quadratic reader takes minutes
