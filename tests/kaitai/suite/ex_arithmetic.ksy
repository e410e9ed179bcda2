# bytes: 05
# r0 = 3
# r1 = -4
# r2 = 1
# r3 = 2
# r4 = 3.5
# r5 = 14
# r6 = 20
# r7 = 3
# r8 = -5
# r9 = -4
# r10 = 0.0
meta: {id: ex_arithmetic, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1}
instances:
  r0:
    value: |-
      7 / 2
  r1:
    value: |-
      -7 / 2
  r2:
    value: |-
      7 % 3
  r3:
    value: |-
      -7 % 3
  r4:
    value: |-
      7 / 2.0
  r5:
    value: |-
      2 + 3 * 4
  r6:
    value: |-
      (2 + 3) * 4
  r7:
    value: |-
      10 - 4 - 3
  r8:
    value: |-
      a * -1
  r9:
    value: |-
      -a + 1
  r10:
    value: |-
      5 % 2.5
