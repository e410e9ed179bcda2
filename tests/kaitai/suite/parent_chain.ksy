# bytes: 09 08 07 06
# outer.inner.of_outer = 8
# outer.inner.of_root = 9
# outer.list[0].of_outer = 8
# chosen.same = 6
meta: {id: parent_chain}
seq:
  - {id: n, type: u1}
  - {id: outer, type: outer}
  - {id: chosen, type: {switch-on: n, cases: {9: plain}}}
types:
  outer:
    seq:
      - {id: k, type: u1}
      - {id: inner, type: inner}
      - {id: list, type: inner, repeat: expr, repeat-expr: 1}
  inner:
    seq: [{id: x, type: u1}]
    instances:
      of_outer: {value: _parent.k}
      of_root: {value: _parent._parent.n}
  plain:
    instances: {same: {value: _parent.outer.list.last.x}}
