# bytes: 05
# r0 = True
# r1 = False
# r2 = True
# r3 = True
# r4 = False
# r5 = False
# r6 = True
# r7 = True
meta: {id: ex_compare, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1}
instances:
  r0:
    value: |-
      a == 5
  r1:
    value: |-
      a != 5
  r2:
    value: |-
      a < 6
  r3:
    value: |-
      a <= 5
  r4:
    value: |-
      a > 5
  r5:
    value: |-
      a >= 6
  r6:
    value: |-
      1.5 > 1
  r7:
    value: |-
      a == 5.0
