# bytes: 03 04 05
# a = [3, 4, 5]
meta: {id: valid_repeat, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1, repeat: eos, valid: {max: 5}}
