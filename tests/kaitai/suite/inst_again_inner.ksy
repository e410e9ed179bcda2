# bytes: 05 06 07 01
# top.n = 1
# top.second.v = 6
# w.second.v = 6
# up.second.v = 6
meta: {id: inst_again_inner, endian: le, encoding: UTF-8}
doc: An object that is a value has a value that is an object
seq:
  - {id: list, type: t, repeat: expr, repeat-expr: 3}
  - {id: w, type: w}
instances:
  top: {value: w}
  up: {value: top}
types:
  t: {seq: [{id: v, type: u1}]}
  w:
    seq: [{id: n, type: u1}]
    instances: {second: {value: '_root.list[n]'}}
