# bytes: 03 04
# l[0].x = 3
meta: {id: misc_to_string, endian: le, encoding: UTF-8}
to-string: f"{l[0].x}"
seq:
  - {id: l, type: t, repeat: eos}
types:
  t:
    to-string: f"x={x}"
    seq: [{id: x, type: u1}]
