# bytes: 02 05 01 00 00 c0 3f
# n = 5
# x = 1.5
# whole = 6
# half = 2.5
meta: {id: switch_floats, endian: le}
doc: What may be a float may be an integer, too
seq:
  - {id: k, type: u1}
  - {id: n, type: {switch-on: k, cases: {1: f4, 2: u1}}}
  - {id: one, type: u1}
  - {id: x, type: {switch-on: one, cases: {1: f4, 2: u1}}}
instances:
  whole: {value: n.to_i + x.to_i}
  half: {value: n / 2.0}
