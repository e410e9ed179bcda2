# bytes: 00
# c ! K003
meta: {id: if_absent_used, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1}
  - {id: b, type: u1, if: a == 1}
instances: {c: {value: b + 1}}
