# bytes: 80 fd a1 80 c4 c4
# turkish = b'\xc2\x80\xc4\xb1'
# thai = b'\xe0\xb8\x81\xc2\x80'
# by_number = b'\xc3\x84'
# by_part = b'\xc3\x84'
meta: {id: enc_iso}
seq:
  - {id: turkish, type: str, size: 2, encoding: ISO-8859-9}
  - {id: thai, type: str, size: 2, encoding: 8859-11}
  - {id: by_number, type: str, size: 1, encoding: latin9}
  - {id: by_part, type: str, size: 1, encoding: csISOLatin2}
