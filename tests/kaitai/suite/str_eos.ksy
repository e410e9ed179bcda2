# bytes: 48 69 21
# b = b'i!'
meta: {id: str_eos, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1}
  - {id: b, type: str, size-eos: true}
