# bytes: 09 81 40
# n = 9
# a ! K004
meta: {id: proc_rotate_more, endian: le}
seq:
  - {id: n, type: u1}
  - {id: a, size: 1, process: ror(n)}
  - {id: b, size: 1}
