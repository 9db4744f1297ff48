"""Paths of what was copied in, built or locked.

Linguist's list of vendored paths is broader: it also hides documentation, fixtures, caches, `tools/` and every type
declaration, which is right for counting languages and wrong for collecting code. Honoured is what holds others' code.
"""

from __future__ import annotations

from typing import Final

from seedbed.data.filters.generated.rules import place

_LOCKS: Final = (
    r"(?:^|/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.ya?ml|bun\.lockb?|deno\.lock|Cargo\.lock"
    r"|poetry\.lock|uv\.lock|pdm\.lock|pixi\.lock|Pipfile\.lock|pylock(?:\.\w+)?\.toml|conda-lock\.ya?ml|Gemfile\.lock"
    r"|composer\.lock|go\.sum|go\.work\.sum|mix\.lock|pubspec\.lock|Podfile\.lock|flake\.lock|gradle\.lockfile"
    r"|(?:Gopkg|glide|paket|packages|esy)\.lock(?:\.json)?|\.terraform\.lock\.hcl|MODULE\.bazel\.lock|gems\.locked)$"
)

_WEB_LIBRARIES: Final = (
    r"(?:jquery|bootstrap|angular|backbone|underscore|lodash|moment|require|modernizr|d3|three|vue|react|react-dom|knockout"
    r"|mootools|prototype|handlebars|mustache|highlight|prettify|html5shiv|respond|raphael|fontawesome|popper|leaflet|plotly"
    r"|mathjax|katex|socket\.io|doctools|searchtools|language_data|sphinx_highlight)"
)

PLACES: Final = (
    place("lock_file", "by_name", _LOCKS, "web/package-lock.json"),
    place("minified", "by_name", r"[.-]min\.(?:m?js|css)$", "static/app.min.js"),
    place(
        "generated",
        "dist_folder",
        r"(?:^|/)(?:dist|_build|lib/esm|lib/cjs)/(?:.*/)?[^/]+\.(?:[cm]?js|d\.[cm]?ts|css)$",
        "pkg/dist/index.js",
    ),
    place("generated", "protoc", r"_pb2(?:_grpc)?\.pyi?$|\.pb(?:\.gw)?\.(?:go|cc|h)$", "proto/person_pb2.py"),
    place("generated", "yarn", r"(?:^|/)\.(?:yarn|pnp)(?:/|\.)", ".yarn/releases/yarn.cjs"),
    place("vendored", "node_modules", r"(?:^|/)(?:node_modules|bower_components|jspm_packages)/", "ui/node_modules/a/b.js"),
    place("vendored", "vendor_folder", r"(?:^|/)_?vendor(?:s|ed|ized)?(?:[-_]\w+)?/", "pip/_vendor/idna/core.py"),
    place("vendored", "third_party_folder", r"(?:^|/)(?:third|3rd)[-_ ]?part(?:y|ies)/", "src/third_party/zlib/adler32.c"),
    place("vendored", "external_folder", r"^(?:[^/]+/)?(?:_?extern(?:al)?s?|bundled|subprojects)/", "extern/fmt/format.h"),
    place(
        "vendored",
        "dependency_folder",
        r"^(?:deps|dependencies)/|(?:^|/)(?:Godeps|Carthage|Pods|site-packages)/",
        "deps/hiredis/sds.c",
    ),
    place("vendored", "cargo_vendor", r"(?:^|/)include/cargo/|(?:^|/)\.cargo/registry/", "include/cargo/memchr-2.7.4/src/lib.rs"),
    place("vendored", "gradle_wrapper", r"(?:^|/)gradle/wrapper/|(?:^|/)(?:gradlew|mvnw)(?:\.bat|\.cmd)?$", "java/gradlew"),
    place(
        "vendored",
        "build_tool",
        r"(?:^|/)(?:configure|config\.(?:guess|sub)|ltmain\.sh|install-sh|depcomp|missing|aclocal\.m4|waf|cpplint\.py|versioneer\.py|ez_setup\.py|distribute_setup\.py|get-pip\.py|ppport\.h)$",
        "config.guess",
    ),
    # By name alone only where web pages keep their scripts: `react.js` may be anybody's, `react-18.2.0.js` is not.
    place(
        "vendored",
        "web_library",
        rf"(?:^|/){_WEB_LIBRARIES}[.-]v?\d[\w.-]*\.(?:js|css)$"
        rf"|(?:^|/)(?:_?static|assets|public|libs?|javascripts?|js|media|www|htdocs|resources)/(?:.*/)?{_WEB_LIBRARIES}"
        r"(?:[.-](?:slim|pack|ui|core|all|bundle|full|debug|custom))*\.(?:js|css)$",
        "docs/_static/jquery-3.6.0.js",
    ),
    place(
        "vendored",
        "web_library_folder",
        r"(?:^|/)(?:mathjax|ace-builds|tiny_?mce|ckeditor|codemirror|extjs)/",
        "static/codemirror/mode/python.js",
    ),
)
"""Where copied, built and locked files stand; the first that matches names the reason."""
