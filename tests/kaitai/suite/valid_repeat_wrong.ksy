# bytes: 03 06 05
# a ! K002
meta: {id: valid_repeat_wrong, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1, repeat: eos, valid: {max: 5}}
