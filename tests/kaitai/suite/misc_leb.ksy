# bytes: e5 8e 26
# v = 624485
meta: {id: misc_leb, endian: le, encoding: UTF-8}
seq:
  - {id: g, type: g, repeat: until, repeat-until: not _.more}
types:
  g:
    seq: [{id: b, type: u1}]
    instances:
      more: {value: (b & 0x80) != 0}
      v: {value: b & 0x7f}
instances:
  v:
    value: g[0].v + (g[1].v << 7) + (g[2].v << 14)
