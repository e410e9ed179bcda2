# bytes: 05
# r0 = 2
# r1 = b'AB'
# r2 = 3
# r3 = 1
# r4 = 3
# r5 = 2
# r6 = 1
# r7 = True
# r8 = True
# r9 = b'\x01\x02'
meta: {id: ex_bytes, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1}
instances:
  r0:
    value: |-
      [0x41, 0x42].length
  r1:
    value: |-
      [0x41, 0x42].to_s("ASCII")
  r2:
    value: |-
      [3, 1, 2].max
  r3:
    value: |-
      [3, 1, 2].min
  r4:
    value: |-
      [3, 1, 2].first
  r5:
    value: |-
      [3, 1, 2].last
  r6:
    value: |-
      [3, 1, 2][1]
  r7:
    value: |-
      [1, 2] == [1, 2]
  r8:
    value: |-
      [1, 2] < [1, 3]
  r9:
    value: |-
      [1, 2]
