# bytes: 02 05 06
# l[1].x.n = 2
# l[1].x.m = 8
meta: {id: parent_root, endian: le, encoding: UTF-8}
seq:
  - {id: n, type: u1}
  - {id: l, type: t, repeat: expr, repeat-expr: n}
types:
  t:
    seq: [{id: x, type: u}]
    types:
      u:
        seq: [{id: y, type: u1}]
        instances:
          n: {value: _parent._parent.as<parent_root>.n}
          m: {value: _root.n + y}
