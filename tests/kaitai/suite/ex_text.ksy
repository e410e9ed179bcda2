# bytes: 05
# r0 = b'ab'
# r1 = 3
# r2 = b'cba'
# r3 = b'bc'
# r4 = b'c'
# r5 = 12
# r6 = -7
# r7 = 31
# r8 = 5
# r9 = 1
# r10 = b'ab'
meta: {id: ex_text, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1}
instances:
  r0:
    value: |-
      "a" + "b"
  r1:
    value: |-
      "abc".length
  r2:
    value: |-
      "abc".reverse
  r3:
    value: |-
      "abcdef".substring(1, 3)
  r4:
    value: |-
      "abc".substring(2, 9)
  r5:
    value: |-
      "12".to_i
  r6:
    value: |-
      "-7".to_i
  r7:
    value: |-
      "1f".to_i(16)
  r8:
    value: |-
      "101".to_i(2)
  r9:
    value: |-
      "é".length
  r10:
    value: |-
      "a" "b"
