# bytes: 05
# r0 = 2
# r1 = 7
# r2 = 5
# r3 = -6
# r4 = 1024
# r5 = -3
# r6 = 3
# r7 = 8
# r8 = 1180591620717411303424
meta: {id: ex_bits, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1}
instances:
  r0:
    value: |-
      6 & 3
  r1:
    value: |-
      6 | 3
  r2:
    value: |-
      6 ^ 3
  r3:
    value: |-
      ~a
  r4:
    value: |-
      1 << 10
  r5:
    value: |-
      -5 >> 1
  r6:
    value: |-
      1 | 2 ^ 3 & 4
  r7:
    value: |-
      1 + 1 << 2
  r8:
    value: |-
      1 << 70
