# bytes: 05
# r0 ! K003
# r1 ! K003
# r2 = 5
meta: {id: ex_zero, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1}
instances:
  r0:
    value: |-
      a / (a - 5)
  r1:
    value: |-
      a % (a - 5)
  r2:
    value: |-
      a
