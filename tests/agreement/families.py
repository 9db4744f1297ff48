"""Different programs of one shape, as people write them by the dozen: records with getters, tables, handlers, tests."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from types import MappingProxyType

from tests.agreement.transformations import Source

_WORDS = (
    "account amount anchor answer archive badge balance banner basket beacon bottle branch bridge bucket budget bundle "
    "cabin camera canvas carrier castle channel charge client cluster color column comment contract corner counter coupon "
    "cursor device dialog docket driver editor engine event export factor family filter folder format friend garden gateway "
    "guest handle header height helper holder image index invoice island item journal junction kernel ladder landing layer "
    "ledger letter level light limit locker margin marker market matrix member message meter mirror model module monitor "
    "museum network number object offer office option order outlet owner packet palette panel parcel partner pattern payment "
    "person picture planet player pocket policy portal position printer product profile project quota radius ratio reader "
    "record region report request reserve result review rocket sample school screen season section segment sensor server "
    "session shadow shelf signal socket source speaker spring square stage station status storage stream student subject "
    "surface switch symbol table target teacher ticket timer token tower track trailer tunnel valley vector vehicle vendor "
    "version vessel village volume wallet warrant weather weight window winter worker"
)
_NOUNS = _WORDS.split()
_JAVA_TYPES = ("String", "int", "long", "double", "boolean", "List<String>", "BigDecimal", "LocalDate")


def getters(rng: random.Random) -> Source:
    """A Java class of private fields and their getters, and nothing else."""
    owner, *fields = rng.sample(_NOUNS, rng.randint(4, 10))
    typed = [(rng.choice(_JAVA_TYPES), field) for field in fields]
    lines = [f"package org.{rng.choice(_NOUNS)};", "", f"public class {owner.title()} {{"]
    lines += [f"    private {kind} {field};" for kind, field in typed]
    for kind, field in typed:
        lines += ["", f"    public {kind} get{field.title()}() {{", f"        return this.{field};", "    }"]
    return Source(f"{owner}.java", "Java", "\n".join([*lines, "}", ""]))


def enum_table(rng: random.Random) -> Source:
    """A Rust enum with a name for each variant."""
    owner, *variants = rng.sample(_NOUNS, rng.randint(6, 14))
    lines = ["#[derive(Debug, Clone, Copy, PartialEq)]", f"pub enum {owner.title()} {{"]
    lines += [f"    {variant.title()}," for variant in variants]
    lines += ["}", "", f"impl {owner.title()} {{", "    pub fn label(&self) -> &'static str {", "        match self {"]
    lines += [f'            {owner.title()}::{variant.title()} => "{variant}",' for variant in variants]
    return Source(f"{owner}.rs", "Rust", "\n".join([*lines, "        }", "    }", "}", ""]))


def constants(rng: random.Random) -> Source:
    """A C header of numbers."""
    names = rng.sample(_NOUNS, rng.randint(10, 25))
    lines = ["#ifndef TABLE_H", "#define TABLE_H", ""]
    lines += [f"static const int {name.upper()} = {rng.randint(0, 4096)};" for name in names]
    return Source(f"{names[0]}.h", "C", "\n".join([*lines, "", "#endif", ""]))


def handlers(rng: random.Random) -> Source:
    """A Python module that lists, reads, makes and removes one kind of thing."""
    thing, key = rng.sample(_NOUNS, 2)
    return Source(
        f"{thing}.py",
        "Python",
        f"""from flask import Blueprint, abort, jsonify, request

from .models import {thing.title()}, db

{thing}s = Blueprint("{thing}s", __name__)


@{thing}s.route("/{thing}s", methods=["GET"])
def list_{thing}s():
    return jsonify([{thing}.as_dict() for {thing} in {thing.title()}.query.all()])


@{thing}s.route("/{thing}s/<int:{key}>", methods=["GET"])
def read_{thing}({key}):
    {thing} = {thing.title()}.query.get({key})
    if {thing} is None:
        abort(404, "no such {thing}")
    return jsonify({thing}.as_dict())


@{thing}s.route("/{thing}s", methods=["POST"])
def make_{thing}():
    {thing} = {thing.title()}(**request.get_json())
    db.session.add({thing})
    db.session.commit()
    return jsonify({thing}.as_dict()), 201


@{thing}s.route("/{thing}s/<int:{key}>", methods=["DELETE"])
def remove_{thing}({key}):
    {thing.title()}.query.filter_by({key}={key}).delete()
    db.session.commit()
    return "", 204
""",
    )


def trials(rng: random.Random) -> Source:
    """A JavaScript test file: the same skeleton, other functions and other values."""
    subject, *verbs = rng.sample(_NOUNS, rng.randint(4, 8))
    lines = [f"import {{ {', '.join(verbs)} }} from './{subject}'", "", f"describe('{subject}', () => {{"]
    for verb in verbs:
        given, wanted = rng.randint(0, 999), rng.randint(0, 999)
        lines += [f"  it('gives a {verb}', () => {{", f"    expect({verb}({given})).toEqual({wanted})", "  })", ""]
    return Source(f"{subject}.test.js", "JavaScript", "\n".join([*lines, "})", ""]))


def commands(rng: random.Random) -> Source:
    """A Go file with one command."""
    verb, thing, flag = rng.sample(_NOUNS, 3)
    return Source(
        f"{verb}.go",
        "Go",
        f"""package cmd

import (
	"fmt"

	"github.com/spf13/cobra"
)

var {verb}{thing.title()} string

var {verb}Cmd = &cobra.Command{{
	Use:   "{verb}",
	Short: "Show the {thing} of a {verb}",
	RunE: func(cmd *cobra.Command, args []string) error {{
		if len(args) != 1 {{
			return fmt.Errorf("{verb} wants one {thing}, got %d", len(args))
		}}
		return print{verb.title()}(args[0], {verb}{thing.title()})
	}},
}}

func init() {{
	{verb}Cmd.Flags().StringVar(&{verb}{thing.title()}, "{flag}", "{thing}", "which {flag}")
	rootCmd.AddCommand({verb}Cmd)
}}
""",
    )


FAMILIES: Mapping[str, Callable[[random.Random], Source]] = MappingProxyType(
    {made.__name__: made for made in (getters, enum_table, constants, handlers, trials, commands)}
)
"""Name in the report -> maker of one member."""
