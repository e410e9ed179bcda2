# bytes: ff ff ff ff ff ff ff ff
# a = 18446744073709551615
# next = 18446744073709551616
# double = 36893488147419103230
meta: {id: int_u8_max, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u8}
instances:
  next: {value: a + 1}
  double: {value: a * 2}
