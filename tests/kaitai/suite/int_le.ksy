# bytes: 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f
# a = 1
# b = 770
# c = 117835012
# d = 1084818905618843912
meta: {id: int_le, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1}
  - {id: b, type: u2}
  - {id: c, type: u4}
  - {id: d, type: u8}
