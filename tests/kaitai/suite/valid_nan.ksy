# bytes: 00 00 c0 7f
# a = nan
# a ! K002
meta: {id: valid_nan, endian: le}
seq: [{id: a, type: f4, valid: {min: 1}}]
