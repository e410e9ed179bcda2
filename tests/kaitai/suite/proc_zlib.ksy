# bytes: 78 9c 63 ca 48 cd c9 c9 07 00 06 39 02 17
# a = b'\x02hello'
meta: {id: proc_zlib, endian: le, encoding: UTF-8}
seq:
  - {id: a, size-eos: true, process: zlib}
