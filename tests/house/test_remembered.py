"""What pages remember is the same for everybody: the house reads the templates for it."""

import jinja2
import pytest
from jinja2 import meta, nodes

from foundation.filters import FILTERS
from foundation.remembering import Remembering, WorkedOut
from tests.house.reading import ROOT

TEMPLATES = ROOT / "templates"
FOR_EVERYBODY = {"url_for", "asset", "config", "school", "level_words", "caller", "loop", "varargs", "kwargs"}
ENVIRONMENT = jinja2.Environment(extensions=[Remembering], autoescape=True)
ENVIRONMENT.filters.update(FILTERS | {"drawn_once": lambda macro: macro})


def parsed(name):
    return ENVIRONMENT.parse((TEMPLATES / name).read_text(), name, name)


def pieces(tree):
    """(the expressions that a piece is remembered by, the piece)"""
    for block in tree.find_all(nodes.CallBlock):
        call = block.call
        if isinstance(call.node, nodes.ExtensionAttribute) and call.node.identifier == Remembering.identifier:
            yield call.args[1].items, block


def without(node, known):
    """Names that a node reads, besides the expressions known."""
    if node in known:
        return
    if isinstance(node, nodes.Name) and node.ctx == "load":
        yield node.name
    for child in node.iter_child_nodes():
        yield from without(child, known)


def born(block):
    """Names that begin inside: of a loop, of a macro's arguments, set there."""
    return {name.name for name in block.find_all(nodes.Name) if name.ctx in {"store", "param"}}


def imported(tree):
    """name -> what each imported macro, or any macro of a file imported whole, reads from outside"""
    found = {}
    for one in tree.find_all((nodes.FromImport, nodes.Import)):
        there = macros(one.template.value)
        if isinstance(one, nodes.Import):
            found[one.target] = set().union(*there.values())
        for name in getattr(one, "names", []):
            original, here = name if isinstance(name, tuple) else (name, name)
            found[here] = there[original]
    return found


def macros(name):
    """name -> what each macro that a file has or imports reads from outside, through whatever it calls"""
    tree = parsed(name)
    found = imported(tree)
    constants = {a.target.name for a in tree.body if isinstance(a, nodes.Assign) and isinstance(a.target, nodes.Name)}
    own = {macro.name: macro for macro in tree.find_all(nodes.Macro)}
    reads = {
        n: meta.find_undeclared_variables(nodes.Template([m]).set_environment(ENVIRONMENT)) for n, m in own.items()
    }
    for again in tree.body:
        if isinstance(again, nodes.Assign) and isinstance(again.node, nodes.Filter) and again.node.name == "drawn_once":
            own[again.target.name], reads[again.target.name] = own[again.node.node.name], {again.node.node.name}
    for macro in own:
        reached, waiting = set(), [macro]
        while waiting:
            new = reads.get(waiting.pop(), set()) - reached
            reached |= new
            waiting += new
        outside = reached - own.keys() - constants - born(own[macro])
        found[macro] = set().union(outside - found.keys(), *(found[n] for n in outside & found.keys()))
    return found


REMEMBERING = [
    str(p.relative_to(TEMPLATES)) for p in sorted(TEMPLATES.rglob("*.html")) if "{% remember" in p.read_text()
]


def test_there_are_pieces_to_read():
    assert REMEMBERING


def unnamed(name):
    """(line, what the piece there reads without naming it)"""
    called = macros(name)
    for known, block in pieces(parsed(name)):
        read = {n for part in block.body for n in without(part, known)} - born(block)
        reached = set().union(read - called.keys(), *(called[n] for n in read & called.keys()))
        yield block.lineno, reached - FOR_EVERYBODY


@pytest.mark.parametrize("name", REMEMBERING)
def test_a_piece_depends_on_nothing_but_what_it_names(name):
    assert not {line: sorted(names) for line, names in unnamed(name) if names}


@pytest.mark.parametrize("name", REMEMBERING)
def test_a_piece_takes_in_no_other_template(name):
    assert not [block.lineno for _, block in pieces(parsed(name)) if list(block.find_all(nodes.Include))]


def test_what_is_worked_out_of_facts_asks_nobody_else():
    import rooms

    rooms.blueprints()

    assert WorkedOut.__subclasses__()
    for one in WorkedOut.__subclasses__():
        source = (ROOT / (one.__module__.replace(".", "/") + ".py")).read_text()
        asked = [name for name in ("from flask", "foundation.db", "foundation.clock", "current_user") if name in source]
        assert not asked, f"{one.__name__} is remembered by its facts"


def test_what_is_drawn_once_depends_on_its_arguments_alone():
    assert macros("components/icon.html") == {"drawing": set(), "icon": set()}
    elsewhere = [str(p) for p in TEMPLATES.rglob("*.html") if "drawn_once" in p.read_text() and p.name != "icon.html"]
    assert not elsewhere, "say here why this is the same for everybody"


@pytest.mark.parametrize(
    ("piece", "reads"),
    [
        ("{% remember a %}{{ a.b }}{{ c }}{% endremember %}", {"c"}),
        ("{% remember a.b %}{{ a.b }}{{ a.c }}{% endremember %}", {"a"}),
        ("{% remember a %}{% for x in a %}{{ x }}{{ asset('y') }}{% endfor %}{% endremember %}", set()),
        ("{% macro m() %}{{ n() }}{% endmacro %}{% macro n() %}{{ csrf_token() }}{% endmacro %}"
         "{% remember 1 %}{{ m() }}{% endremember %}", {"csrf_token"}),
        ("{% from 'layouts/_parts.html' import sign_out, theme_toggle as t %}"
         "{% remember 1 %}{{ t() }}{{ sign_out() }}{% endremember %}", {"csrf_token"}),
    ],
)  # fmt: skip
def test_the_reading_sees_through_macros(piece, reads, monkeypatch):
    real = parsed
    monkeypatch.setitem(globals(), "parsed", lambda name: ENVIRONMENT.parse(piece) if name == "-" else real(name))
    assert set().union(*(names for _, names in unnamed("-"))) == reads
