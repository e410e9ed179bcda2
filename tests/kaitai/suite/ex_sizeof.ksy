# bytes: 05 01 02 03 04 05 06
# r0 = 4
# r1 = 13
# r2 = 6
# r3 = 6
# r4 = 1
# r5 = 2
# r6 = 43
meta: {id: ex_sizeof, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1}
  - {id: s, type: t}
types:
  t:
    seq:
      - {id: x, type: u4}
      - {id: y, type: b3}
      - {id: z, size: 1}
instances:
  r0:
    value: |-
      sizeof<u4>
  r1:
    value: |-
      bitsizeof<b13>
  r2:
    value: |-
      sizeof<t>
  r3:
    value: |-
      s._sizeof
  r4:
    value: |-
      a._sizeof
  r5:
    value: |-
      sizeof<b13>
  r6:
    value: |-
      bitsizeof<t>
