// Tests take the generator from here, whatever else they import.
@_exported import struct Numerics.SplitMix64
