# bytes: 05
# r0 = 6.5
# r1 = 2.5
# r2 = -3.5
meta: {id: ex_mixed, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1}
instances:
  r0:
    value: |-
      a + 1.5
  r1:
    value: |-
      a * 0.5
  r2:
    value: |-
      1.5 - a
