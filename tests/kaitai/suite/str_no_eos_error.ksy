# bytes: 48 69
# a = b'Hi'
meta: {id: str_no_eos_error, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: str, terminator: 0x7c, eos-error: false}
