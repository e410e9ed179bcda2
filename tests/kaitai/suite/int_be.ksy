# bytes: 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f
# a = 1
# b = 515
# c = 67438087
# d = 579005069656919567
meta: {id: int_be, endian: be}
seq:
  - {id: a, type: u1}
  - {id: b, type: u2}
  - {id: c, type: u4}
  - {id: d, type: u8}
