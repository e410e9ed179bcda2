"""Writes ticks.bin: records of 30 bytes, made up, for the scripts that time them.

    ticks.py MEGABYTES
"""

import sys

import numpy as np

FORMAT = '<Q:id i:qty I:time f:price d:level s~ascii:side x'
KIND = np.dtype([
    ('id', '<u8'), ('qty', '<i4'), ('time', '<u4'), ('price', '<f4'), ('level', '<f8'), ('side', 'S1'), ('pad', 'V1'),
])
COLUMNS = [name for name in KIND.names if name != 'pad']


def columns(path):
    """The columns of a file, each in memory of its own, text as text."""
    rows = np.memmap(path, dtype=KIND, mode='r')
    return {name: rows[name].astype('U1') if name == 'side' else np.ascontiguousarray(rows[name]) for name in COLUMNS}


if __name__ == '__main__':
    count = int(sys.argv[1]) * 1000000 // KIND.itemsize
    rows = np.zeros(count, KIND)
    random = np.random.default_rng(1)
    rows['id'] = np.arange(count)
    rows['qty'] = random.integers(-1000, 1000, count)
    rows['time'] = 1709208000 + np.arange(count) // 100
    rows['price'] = random.integers(0, 100000, count) / 64
    rows['level'] = random.integers(0, 1 << 30, count) / 1024
    rows['side'] = np.array([b'B', b'S', b'X', b'Y'])[random.integers(0, 4, count)]
    rows.tofile('ticks.bin')
