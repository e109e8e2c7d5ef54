"""Reads a file with the library safetensors and prints what it holds as JSON: type, shape, hash and some values by name."""

import hashlib
import json
import struct
import sys

import safetensors

CODES = {"F32": "f", "F64": "d", "U32": "I"}

path = sys.argv[1]
tensors = {}
with open(path, "rb") as file:
    for name, tensor in safetensors.deserialize(file.read()):
        data = bytes(tensor["data"])
        code = CODES[tensor["dtype"]]
        size = struct.calcsize(code)
        ends = [struct.unpack(f"<{code}", data[at : at + size])[0] for at in (0, len(data) - size)] if data else []
        hashed = hashlib.sha256(data).hexdigest()
        tensors[name] = {"dtype": tensor["dtype"], "shape": tensor["shape"], "sha256": hashed, "ends": [str(x) for x in ends]}
with safetensors.safe_open(path, framework="numpy") as opened:
    print(json.dumps({"version": safetensors.__version__, "metadata": opened.metadata(), "tensors": tensors}))
