# bytes: 41 41 41 ff 07 31 5f 30 ff
# a = b'AAA\xff\x071_0\xff'
meta: {id: contents_quoted}
doc: Text of a list that is a number is a byte
seq:
  - {id: a, contents: ['65', '0x41', 65, '-1', '007', '1_0', -1]}
