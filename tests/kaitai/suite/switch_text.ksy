# bytes: 61 05 06
# v = 1541
meta: {id: switch_text, endian: le, encoding: UTF-8}
seq:
  - {id: k, type: str, size: 1}
  - id: v
    type:
      switch-on: k
      cases:
        '"a"': u2
        '"b"': u1
