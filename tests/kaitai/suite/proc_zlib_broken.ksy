# bytes: 78 9c 01 02
# a ! K004
meta: {id: proc_zlib_broken, endian: le, encoding: UTF-8}
seq:
  - {id: a, size-eos: true, process: zlib}
