# error: 4: bytes have a size
meta: {id: bad}
seq:
  - {id: a}
