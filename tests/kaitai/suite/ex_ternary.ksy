# bytes: 05
# r0 = 1
# r1 = 3
# r2 = b'y'
# r3 = 1
meta: {id: ex_ternary, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1}
instances:
  r0:
    value: |-
      a == 5 ? 1 : 2
  r1:
    value: |-
      a == 4 ? 1 : a == 5 ? 3 : 4
  r2:
    value: |-
      a == 5 ? "y" : "n"
  r3:
    value: |-
      a == 5 ? 1 : 1 / (a - 5)
