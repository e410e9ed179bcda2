# bytes: ff 81 40
# n = -1
# a ! K004
meta: {id: proc_rotate_negative, endian: le}
seq:
  - {id: n, type: s1}
  - {id: a, size: 1, process: rol(n)}
  - {id: b, size: 1}
