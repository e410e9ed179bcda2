# bytes: 02 05 06 01 07
# alone: Kaitai's runtime gives no object where reading fails
# head.list[0].sum = 11
# head.list[1].first = 5
# head.list[2].a ! K001
meta: {id: partial_seen, endian: le}
seq:
  - {id: head, type: head}
types:
  head:
    seq:
      - {id: n, type: u1}
      - {id: list, type: item, repeat: expr, repeat-expr: 3}
  item:
    seq:
      - {id: a, type: u1}
      - {id: b, type: u1}
    instances:
      sum: {value: a + b}
      first: {value: '_root.head.list[0].a'}
