# bytes: 01 01 00
# a.next.next.more = 0
# a.next.next.next = absent
meta: {id: types_recursive, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: t}
types:
  t:
    seq:
      - {id: more, type: u1}
      - {id: next, type: t, if: more == 1}
