# bytes: 01 02 03 04
# a = [b'\x01\x02', b'\x03\x04']
meta: {id: repeat_bytes, endian: le, encoding: UTF-8}
seq:
  - {id: a, size: 2, repeat: eos}
