# bytes: 05
# r0 = True
# r1 = True
# r2 = 2
# r3 = 2
# r4 = True
# r5 = 1
meta: {id: ex_precedence, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1}
instances:
  r0:
    value: |-
      1 + 2 == 3
  r1:
    value: |-
      1 == 1 and 2 == 2
  r2:
    value: |-
      2 * 3 % 4
  r3:
    value: |-
      8 >> 1 + 1
  r4:
    value: |-
      5 & 4 == 4
  r5:
    value: |-
      7 - 2 * 3
