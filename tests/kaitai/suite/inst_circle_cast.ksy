# bytes: 02
# b ! K003
# a = 2
meta: {id: inst_circle_cast, endian: le, encoding: UTF-8}
doc: A cast says what it is, so that it is noticed when it is read
seq:
  - {id: a, type: u1}
instances:
  b: {value: c.as<u4>}
  c: {value: b + 1}
