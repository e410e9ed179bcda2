# bytes: 05
# r0 = True
# r1 = True
# r2 = False
# r3 = False
# r4 = True
# r5 = True
# r6 = True
meta: {id: ex_logic, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1}
instances:
  r0:
    value: |-
      a == 5 and a > 1
  r1:
    value: |-
      a == 4 or a == 5
  r2:
    value: |-
      not a == 5
  r3:
    value: |-
      a == 4 and a / (a - 5) == 1
  r4:
    value: |-
      a == 5 or a / (a - 5) == 1
  r5:
    value: |-
      not (a == 5 and a == 4)
  r6:
    value: |-
      true and not false
