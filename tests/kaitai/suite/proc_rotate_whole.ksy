# bytes: 08 81 40
# a = b'\x81'
# b = b'@'
meta: {id: proc_rotate_whole, endian: le}
seq:
  - {id: n, type: u1}
  - {id: a, size: 1, process: rol(n)}
  - {id: b, size: 1, process: ror(n)}
