"""Constructs that only the output of a tool has: compilers, bundlers and generators that sign nothing."""

from __future__ import annotations

from typing import Final

from seedbed.data.filters.generated.rules import C_FAMILY, SCRIPTS, marker

MARKERS: Final = (
    marker(
        "webpack",
        r"webpackUniversalModuleDefinition|\bwebpackBootstrap\b|webpackJsonp|self\[\"webpackChunk",
        SCRIPTS,
        "(function webpackUniversalModuleDefinition(root, factory) {",
        keyword="webpack",
    ),
    marker("webpack", r"__webpack_require__", SCRIPTS, "__webpack_require__(1);\n" * 3, keyword="__webpack_require__", times=3),
    marker(
        "browserify",
        r"\A.{0,300}\(function\s?(?:\(\)\s?\{\s?function )?[er]\([ent],\s?[nt],\s?[rt]\)\s?\{",
        SCRIPTS,
        "(function(){function r(e,n,t){function o(i,f){",
        keyword="function",
    ),
    marker(
        "rollup",
        r"^\(function \(global, factory\) \{\s*typeof exports === 'object'",
        SCRIPTS,
        "(function (global, factory) {\n    typeof exports === 'object' && typeof module",
        keyword="factory",
    ),
    marker(
        "typescript_output",
        r"^(?:var|const) __\w+ = \(this && this\.__",
        SCRIPTS,
        "var __extends = (this && this.__extends) || (function () {",
        keyword="(this && this.__",
    ),
    marker(
        "babel_output",
        r"^function _(?:interopRequire(?:Default|Wildcard)|classCallCheck|createClass|inherits|toConsumableArray)\(",
        SCRIPTS,
        "function _interopRequireDefault(obj) { return obj && obj.__esModule ? obj : { default: obj }; }",
        keyword="function _",
    ),
    marker(
        "source_map",
        r"^(?://|/\*)[#@] sourceMappingURL=\S+(?: \*/)?\s*\Z",
        SCRIPTS,
        "let a = 1;\n//# sourceMappingURL=a.js.map\n",
        keyword="sourceMappingURL=",
    ),
    marker(
        "emscripten",
        r"\bvar Module ?= ?typeof Module ?!==? ?['\"]undefined['\"]|Module\[['\"]asm['\"]\]",
        SCRIPTS,
        "var Module = typeof Module != 'undefined' ? Module : {};",
        keyword="Module",
    ),
    marker(
        "wasm_bindgen",
        r"__wbindgen_\w+|__wbg_\w+",
        SCRIPTS,
        "imports.wbg.__wbindgen_throw = function(arg0, arg1) { wasm.__wbindgen_free(arg0, arg1); }",
        keyword="__wbindgen_",
        times=2,
    ),
    marker("flex", r"^#\s*define\s+FLEX_SCANNER\b", C_FAMILY, "#define FLEX_SCANNER", keyword="FLEX_SCANNER"),
    marker("bison", r"^#\s*define\s+YYBISON\b", C_FAMILY, "#define YYBISON 1", keyword="YYBISON"),
    marker("byacc", r"^#\s*define\s+YYBYACC\b", C_FAMILY, "#define YYBYACC 1", keyword="YYBYACC"),
    marker("tree_sitter", r"^#define LARGE_STATE_COUNT \d", C_FAMILY, "#define LARGE_STATE_COUNT 2", keyword="STATE_COUNT"),
    marker("cython", r"^#define CYTHON_ABI", C_FAMILY, '#define CYTHON_ABI "3_0_11"', keyword="#define CYTHON_ABI"),
    marker(
        "gimp_image",
        r"/\* GIMP .{0,40} C-Source image dump",
        C_FAMILY,
        "/* GIMP RGBA C-Source image dump (icon.c) */",
        keyword="GIMP",
    ),
    marker("xpm_image", r"\A\s*/\* XPM \*/", C_FAMILY, "/* XPM */\nstatic char *icon[] = {", keyword="XPM"),
    marker(
        "qt_resource", r"^qt_resource_data = b", frozenset({"Python"}), 'qt_resource_data = b"\\x00"', keyword="qt_resource_data"
    ),
    marker("ply", r"^_lr_(?:method|signature) ?=", frozenset({"Python"}), "_lr_signature = 'A B'", keyword="_lr_signature"),
    marker("nbconvert", r"^# In\[[ \d]*\]:", frozenset({"Python"}), "# In[1]:\nimport os\n# In[2]:\n", keyword="# In[", times=2),
    marker(
        "java_annotation",
        r"^\s*@(?:javax?\.annotation\.(?:processing\.)?|jakarta\.annotation\.)?Generated\s*\(",
        frozenset({"Java"}),
        '@javax.annotation.Generated(value = "protoc")',
        keyword="Generated",
    ),
)
"""Constructs of compilers, bundlers and generators that sign nothing."""
