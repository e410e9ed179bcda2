# bytes: 61 00 62 00 63 20 20 64 42
# ended = b'a\x00b'
# padded = b'\x00c  '
# shifted = b'eC'
meta: {id: switch_raw, endian: le}
doc: Bytes that no case fits are as long as they are, whatever would end or fill them
seq:
  - {id: ended, size: 3, terminator: 0, type: {switch-on: 1, cases: {2: t}}}
  - {id: padded, size: 4, pad-right: 0x20, type: {switch-on: 1, cases: {2: t}}}
  - {id: shifted, size: 2, process: xor(1), terminator: 0x64, type: {switch-on: 1, cases: {2: t}}}
types:
  t: {seq: [{id: x, size-eos: true}]}
