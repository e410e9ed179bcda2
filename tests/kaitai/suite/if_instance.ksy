# bytes: 00
# b = absent
# c = 1
meta: {id: if_instance, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1}
instances:
  b: {value: a + 1, if: a == 1}
  c: {value: a + 1, if: a == 0}
