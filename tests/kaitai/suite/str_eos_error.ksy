# bytes: 48 69
# a ! K001
meta: {id: str_eos_error, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: str, terminator: 0x7c}
