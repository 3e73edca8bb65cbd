/// A TensorFlow tensor of one element, from its protobuf message.
///
/// TensorProto {1 dtype, 4 tensor_content, 5 float_val, 6 double_val, 7 int_val, 10 int64_val}, with the
/// types 1 float, 2 double, 3 int32, 9 int64, 14 bfloat16, 19 half; lists may be packed.
struct ScalarTensor {
  let value: Double

  /// Nil for tensors of several elements, of none, and of other types.
  init?(_ bytes: [UInt8], _ range: Range<Int>) {
    var type: UInt64 = 0
    var found: [Double] = []
    for (field, value) in WireMessage(bytes, range) {
      switch (field, value) {
      case (1, .number(let number)): type = number
      case (4, .bytes(let content)): found += Self.values(bytes, content, type: type)
      case (5, .fourBytes(let bits)): found.append(Double(Float(bitPattern: bits)))
      case (5, .bytes(let list)): found += Self.values(bytes, list, type: 1)
      case (6, .eightBytes(let bits)): found.append(Double(bitPattern: bits))
      case (6, .bytes(let list)): found += Self.values(bytes, list, type: 2)
      case (7, .number(let number)), (10, .number(let number)):
        found.append(Double(Int64(bitPattern: number)))
      case (7, .bytes(let list)), (10, .bytes(let list)):
        found += WireMessage.numbers(bytes, list).map { Double(Int64(bitPattern: $0)) }
      default: break
      }
    }
    guard found.count == 1 else { return nil }
    value = found[0]
  }

  /// Elements of a fixed size.
  private static func values(_ bytes: [UInt8], _ range: Range<Int>, type: UInt64) -> [Double] {
    let sizes: [UInt64: Int] = [1: 4, 2: 8, 3: 4, 9: 8, 14: 2, 19: 2]
    guard let size = sizes[type], range.count == size else { return [] }
    let bits = littleEndian(bytes, at: range.lowerBound, count: size)
    switch type {
    case 1: return [Double(Float(bitPattern: UInt32(bits)))]
    case 2: return [Double(bitPattern: bits)]
    case 3: return [Double(Int32(bitPattern: UInt32(bits)))]
    case 9: return [Double(Int64(bitPattern: bits))]
    case 14: return [Double(Float(bitPattern: UInt32(bits) << 16))]
    default: return [halfPrecision(UInt16(bits))]
    }
  }

  /// A number of IEEE 754's half precision: 1 bit of sign, 5 of exponent, 10 of significand.
  private static func halfPrecision(_ bits: UInt16) -> Double {
    let sign: Double = bits & 0x8000 == 0 ? 1 : -1
    let exponent = Int(bits >> 10 & 0x1F)
    let fraction = Double(bits & 0x3FF) / 1024
    switch exponent {
    case 0: return sign * fraction * 0x1p-14
    case 31: return fraction == 0 ? sign * .infinity : .nan
    default: return sign * Double(sign: .plus, exponent: exponent - 15, significand: 1 + fraction)
    }
  }
}
