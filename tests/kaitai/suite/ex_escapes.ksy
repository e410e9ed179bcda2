# bytes: 05
# r0 = b'a\tb\n'
# r1 = b'A'
# r2 = b'\xc3\xa9'
# r3 = b'a\\n'
# r4 = b'q"q'
# r5 = b'\x1b\x07\x00'
# r6 = b'\\'
meta: {id: ex_escapes, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1}
instances:
  r0:
    value: |-
      "a\tb\n"
  r1:
    value: |-
      "\101"
  r2:
    value: |-
      "\u00e9"
  r3:
    value: |-
      'a\n'
  r4:
    value: |-
      "q\"q"
  r5:
    value: |-
      "\e\a\0"
  r6:
    value: |-
      "\\"
