# error: 4: u3 is no type
meta: {id: bad, endian: le}
seq:
  - {id: a, type: u3}
